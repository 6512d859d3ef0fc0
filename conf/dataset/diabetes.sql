-- One row per patient, with the progression a year later.
SELECT
  patients.*,
  outcomes.progression      -- a quantitative measure, from 25 to 346
FROM patients
JOIN outcomes
  ON patients.patient = outcomes.patient
