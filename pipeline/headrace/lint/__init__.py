"""Everything that is wrong with a project's configuration, told without running any of it."""

from headrace.lint.project import lint

__all__ = ["lint"]
