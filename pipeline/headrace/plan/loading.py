"""Compiled pipelines, from the cache or compiled now: one, or many at once."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence

from headrace.plan.cache import Compiled, Request, compiled
from headrace.plan.fingerprint import Look
from headrace.project import Project

__all__ = ["Request", "load", "load_all"]


def load(project: Project, name: str, overrides: Sequence[str] = ()) -> Compiled:
    """The pipeline as it is now: read if nothing changed, else compiled (by Hydra, which is imported only then)."""
    return load_all(project, [Request(name, tuple(overrides))])[0]


def load_all(
    project: Project, requests: Sequence[Request], *, check_parameters: bool = False, workers: int | None = None
) -> list[Compiled]:
    """These pipelines as they are now, in this order.

    What is stale is compiled, in several processes where that is worth their start (`workers`: how many at most,
    as many as there are processors by default). `check_parameters` builds the estimator index where that was not
    done yet, a few seconds once, and holds every plan's model against it.
    """
    found = _read(project, requests)
    stale = [request for request, result in found.items() if result is None]
    if stale:
        from headrace.plan.pool import compile_all

        found.update(zip(stale, compile_all(project, stale, workers), strict=True))
    results = {request: result for request, result in found.items() if result is not None}
    if check_parameters:
        _look_up_operators(project, results.values())
        results = {request: _complete(project, request, result) for request, result in results.items()}
    return [results[request] for request in requests]


def _read(project: Project, requests: Sequence[Request]) -> dict[Request, Compiled | None]:
    """What is kept and still holds, read with one look at the disk."""
    look = Look()
    collecting = gc.isenabled()
    gc.disable()  # JSON has no cycles: looking for some again and again takes half of the time for a thousand plans
    try:
        return {each: compiled(project, each.name, each.overrides, look) for each in dict.fromkeys(requests)}
    finally:
        if collecting:
            gc.enable()


def _look_up_operators(project: Project, results: Iterable[Compiled]) -> None:
    """Of all pipelines at once: each time costs the seconds that Airflow takes to be imported."""
    plans = [result.plan for result in results if result.plan is not None and not result.parameters_checked]
    if any(plan.spec["tasks"] for plan in plans):
        from headrace.operators.checks import look_up_operators

        look_up_operators(plans, project.root, project.home / "compiled")


def _complete(project: Project, request: Request, result: Compiled) -> Compiled:
    if result.parameters_checked or result.plan is None:
        return result
    from headrace.plan.compile import complete

    return complete(project, result, request.overrides)
