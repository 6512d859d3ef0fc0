"""What Airflow must know of this package before it reads a DAG; named by the entry point `airflow.plugins`."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from headrace_airflow.timetables import BlackoutTimetable


class HeadracePlugin(AirflowPlugin):
    """Timetables of stored DAGs: the scheduler imports no others."""

    name = "headrace"
    timetables = [BlackoutTimetable]  # noqa: RUF012 - Airflow's own way
