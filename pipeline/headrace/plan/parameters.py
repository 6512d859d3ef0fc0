"""Is the estimator there, and does it take these parameters? Asked of an index of the installed libraries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from headrace.config.excerpt import excerpt
from headrace.errors import Diagnostic, Place
from headrace.models.index import Index, check_params, load_index
from headrace.models.parameters import ESTIMATOR, Problem
from headrace.plan.members import filled, hole_values, is_open, members
from headrace.plan.model import Plan


def parameter_diagnostics(plan: Plan, cache: Path, root: Path | None = None) -> Iterator[Diagnostic]:
    """What is wrong with `model.type`, `model.params` and the choices of parameters, where it was written.

    The index is made on first use, in a process of its own, and kept in `cache`; excerpts come from the files
    below `root`.
    """
    if plan.spec["model"] is None:
        return
    index = load_index(cache)
    found = [("HR157", problem) for problem in _problems(plan.spec, index)]
    found += [("HR383", problem) for problem in _of_choices(plan, index)]
    for code, problem in found:
        place = plan.place_of(problem.key)
        shown = excerpt(_text(root, place), place) if root else ""
        yield Diagnostic(code, problem.message, place, problem.remedy, pipeline=plan.pipeline, excerpt=shown)


def _of_choices(plan: Plan, index: Index) -> Iterator[Problem]:
    """What the index has against the values that a parameter offers; their keys are those of the choices."""
    for name, declared in plan.spec["params"].items():
        if not declared["at"].startswith(ESTIMATOR):
            continue
        for number, choice in enumerate(declared["choices"] or ()):
            key = f"params.{name}.choices.{number}"
            value = {**plan.spec, "model": _with(plan.spec["model"], declared["at"], choice)}
            for problem in _problems(value, index):
                if problem.key == declared["at"]:
                    yield replace(problem, key=key, message=f"a choice of `{name}` is not allowed: {problem.message}")


def _with(model: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The model with another value for one parameter of its estimator."""
    return {**model, "params": {path.removeprefix(ESTIMATOR): value}}


def _problems(written: Mapping[str, Any], index: Index) -> Iterator[Problem]:
    """What the index has against it; of several members, once what is wrong for more than one."""
    told: set[Problem] = set()
    for spec in _filled(written):
        model = spec["model"]
        for problem in check_params(index, model["type"], model["params"], spec["task"], spec["model_packages"]):
            if problem not in told:
                yield problem
            told.add(problem)


def _filled(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if not is_open(spec):
        yield spec
        return
    for model in _apart(spec):
        yield {**spec, "model": model}


def _apart(spec: Mapping[str, Any]) -> Iterator[Any]:
    """The models that differ."""
    models: list[Any] = []
    for member in members(spec["for_each"]):
        model = filled(spec["model"], hole_values(member))
        if model not in models:
            models.append(model)
            yield model


def _text(root: Path, place: Place | None) -> str:
    try:
        return (root / place.file).read_text(encoding="utf-8-sig") if place and place.line else ""
    except (OSError, ValueError):
        return ""
