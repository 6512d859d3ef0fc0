"""Airflow reads this file: every pipeline of the project becomes a dag."""

from headrace_airflow.load import load_dags

globals().update(load_dags(__file__))
