"""Where the values of a pipeline come from, and what they mean."""

from headrace.explain.values import Explained, Step, explain

__all__ = ["Explained", "Step", "explain"]
