"""Added tasks, checked without Airflow: their order, the operators and functions that they name, the arguments."""
