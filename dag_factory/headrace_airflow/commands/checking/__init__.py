"""`headrace dags check`: would Airflow take these DAGs, and what would it do with them?"""
