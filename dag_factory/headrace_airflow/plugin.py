"""What Airflow must know of this package before it reads a DAG; named by the entry point `airflow.plugins`."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from headrace_airflow.notices import run_notes
from headrace_airflow.timetables import BlackoutTimetable


class HeadracePlugin(AirflowPlugin):
    """Timetables of stored DAGs, for the scheduler imports no others; and a listener that writes the notes of runs."""

    name = "headrace"
    timetables = [BlackoutTimetable]  # noqa: RUF012 - Airflow reads lists here
    listeners = [run_notes]  # noqa: RUF012
