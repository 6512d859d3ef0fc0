"""Executes a plan, or one stage of it."""

from headrace.run.engine import Execution
from headrace.run.outcome import Outcome, RunReport

__all__ = ["Execution", "Outcome", "RunReport"]
