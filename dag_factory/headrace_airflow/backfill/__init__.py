"""`headrace backfill`: runs of the past, made by Airflow's own backfill over its API."""
