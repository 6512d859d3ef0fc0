"""Is the estimator there, and does it take these parameters? Asked of an index of the installed libraries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from headrace.config.excerpt import excerpt
from headrace.errors import Diagnostic, Place
from headrace.models.index import check_params, load_index
from headrace.plan.model import Plan


def parameter_diagnostics(plan: Plan, cache: Path, root: Path | None = None) -> Iterator[Diagnostic]:
    """What is wrong with `model.type` and `model.params`, where it was written.

    The index is made on first use, in a process of its own, and kept in `cache`; excerpts come from the files
    below `root`.
    """
    model = plan.spec["model"]
    if model is None:
        return
    problems = check_params(
        load_index(cache), model["type"], model["params"], plan.spec["task"], plan.spec["model_packages"]
    )
    for problem in problems:
        place = plan.place_of(problem.key)
        shown = excerpt(_text(root, place), place) if root else ""
        yield Diagnostic("HR157", problem.message, place, problem.remedy, pipeline=plan.pipeline, excerpt=shown)


def _text(root: Path, place: Place | None) -> str:
    try:
        return (root / place.file).read_text(encoding="utf-8-sig") if place and place.line else ""
    except (OSError, ValueError):
        return ""
