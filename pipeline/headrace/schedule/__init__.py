"""When a pipeline runs, told without importing Airflow and equal to what Airflow does."""

from headrace.schedule.cron import PRESETS, cron_problem, crons, skipped_fire, ticks
from headrace.schedule.moments import next_runs
from headrace.schedule.words import schedule_text, trigger_text

__all__ = ["PRESETS", "cron_problem", "crons", "next_runs", "schedule_text", "skipped_fire", "ticks", "trigger_text"]
