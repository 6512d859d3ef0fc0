"""DagSpec -> Airflow's DAG."""
