"""`headrace dags diff`: what a change of the YAML does to the DAGs that Airflow has."""
