"""What Airflow's triggerer calls when a run is late."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from headrace.errors import HeadraceError
from headrace.project import find_project
from headrace_airflow.notices import Notifier
from headrace_airflow.site import Site

_MOMENTS = ("run_after", "start_date", "data_interval_end", "logical_date", "queued_at")
_REFERENCES = {
    "queued": "it was queued",
    "logical_date": "its logical date",
    "average": "the time that such runs take",
}


async def tell_of_deadline(
    pipeline: str,
    notify: Sequence[Mapping[str, Any]],
    within: float,
    after: str,
    context: Mapping[str, Any] | None = None,
) -> None:
    """Tell everybody who is to hear of it that a run has not ended in time. The run goes on."""
    message = f"the run has not ended within {_words(within)} after {_REFERENCES.get(after, after)}; it goes on"
    await asyncio.to_thread(_tell, pipeline, notify, {**(context or {}), "dag_run": _run(context or {})}, message)


def _words(seconds: float) -> str:
    """A length of time as it is written in YAML."""
    left, parts = int(seconds), []
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, left = divmod(left, length)
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts)


def _tell(pipeline: str, notify: Sequence[Mapping[str, Any]], context: Mapping[str, Any], message: str) -> None:
    Notifier(_site(), pipeline, notify, {}).deadline_missed(context, message)


def _site() -> Site:
    """The project, where the triggerer has it; it can do without."""
    try:
        project = find_project()
    except HeadraceError:
        return Site("", "")
    return Site(str(project.root), str(project.home))


def _run(context: Mapping[str, Any]) -> Any:
    """The run with what Airflow says of it as attributes, as in a task."""
    facts: Mapping[str, Any] = context.get("dag_run") or {}
    moments = {name: datetime.fromisoformat(facts[name]) for name in _MOMENTS if facts.get(name)}
    known = {"dag_id": "", "run_id": facts.get("dag_run_id", ""), "clear_number": 0, "start_date": None}
    return SimpleNamespace(**{**known, **facts, **moments})
