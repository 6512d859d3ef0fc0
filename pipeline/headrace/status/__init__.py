"""What would run now, and why."""

from headrace.status.report import StageStatus, Status, status

__all__ = ["StageStatus", "Status", "status"]
