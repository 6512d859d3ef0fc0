"""What Airflow finds under its entry point for plugins: a listener that writes the notes of runs."""

from __future__ import annotations

from airflow.sdk.plugins_manager import AirflowPlugin

from headrace_airflow.notices import run_notes


class HeadracePlugin(AirflowPlugin):
    """Writes what a run was made of, and where it is tracked, into its note."""

    name = "headrace"
    listeners = [run_notes]  # noqa: RUF012 - Airflow reads a list here
