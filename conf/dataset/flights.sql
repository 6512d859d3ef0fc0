-- One row per flight that arrived, with what was known before it departed, and whether it was late.
WITH departures AS (
  SELECT *, make_date(year, month, day) AS flight_date      -- the day in New York
  FROM flights
  WHERE arr_delay IS NOT NULL                               -- cancelled and diverted flights have no arrival
)

SELECT
  -- which flight
  departures.flight_date,
  departures.origin,
  departures.carrier,
  departures.flight,

  -- when and where to
  departures.month,
  isodow(departures.flight_date) AS weekday,                -- 1 is Monday
  departures.hour * 60 + departures.minute AS departure_minute,
  departures.dest,
  departures.distance,                                      -- miles

  -- weather at the origin in the hour of departure
  weather.temp,                                             -- degrees Fahrenheit
  weather.wind_speed,                                       -- miles per hour
  weather.visib,                                            -- miles
  weather.humid,                                            -- percent, relative
  weather.precip,                                           -- inches
  weather.pressure,                                         -- millibars

  -- the plane: unknown for one flight in seven
  planes.year AS plane_year,
  planes.seats,

  -- the label
  departures.arr_delay > 15 AS arrived_late                 -- minutes
FROM departures
LEFT JOIN weather
  ON departures.origin = weather.origin AND departures.time_hour = weather.time_hour
LEFT JOIN planes
  ON departures.tailnum = planes.tailnum
