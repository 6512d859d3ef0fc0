"""What Airflow will be told, as plain values: made from a plan, kept beside it, read by `build`. Imports no Airflow."""
