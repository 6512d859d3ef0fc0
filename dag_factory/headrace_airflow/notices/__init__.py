"""Who hears of a run, and of what."""

from headrace_airflow.notices.notifier import Notifier

__all__ = ["Notifier"]
