"""An Airflow of headrace's own on this machine: its settings, its database, its server."""
