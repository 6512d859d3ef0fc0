"""The compiled pipeline, from the cache or compiled now."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.plan.cache import Compiled, compiled
from headrace.project import Project


def load(project: Project, name: str, overrides: Sequence[str] = ()) -> Compiled:
    """The pipeline as it is now: read if nothing changed, else compiled (by Hydra, which is imported only then)."""
    found = compiled(project, name, overrides)
    if found is None:
        from headrace.plan.compile import compile_pipeline

        found = compile_pipeline(project, name, overrides)
    return found
