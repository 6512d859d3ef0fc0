"""Compiled pipelines for an Airflow that has no project beside it: a folder of plans, specifications and loaders."""
