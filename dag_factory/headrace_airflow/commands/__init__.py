"""What `headrace dags …` does."""
