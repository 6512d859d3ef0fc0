"""Pictures of a DAG: for the terminal, for Markdown, for a browser. They read the specification; no Airflow."""
