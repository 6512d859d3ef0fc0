"""Which metrics a task has and which way is better: the table that configuration is checked against."""

from headrace.config.metric_names import METRICS, Direction, direction, names

__all__ = ["METRICS", "Direction", "direction", "names"]
