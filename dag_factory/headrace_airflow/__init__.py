"""Plans as Airflow DAGs."""
