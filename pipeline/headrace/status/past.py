"""What a stage was the last time: the run that it is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from headrace.plan.model import Plan, Stage
from headrace.run.record import latest_runs
from headrace.store import Action, Store

#: How many runs are looked through for one in which a stage came to an end.
_RUNS = 20


@dataclass(frozen=True, slots=True)
class Past:
    """A stage as it was in an earlier run."""

    run: Mapping[str, Any]
    """The run's document."""
    plan: Plan
    stage: Stage
    observed: Mapping[str, Any]
    action: Action | None
    """None if its results are gone."""
    inputs: Mapping[str, str]
    """Stage before it -> key of the result that it was given."""


class History:
    """The earlier runs of a pipeline or of a member (`Plan.scope`), read from the store when they are asked for."""

    def __init__(self, store: Store, scope: str) -> None:
        self._store = store
        self._coming = islice(latest_runs(store, scope), _RUNS)
        self._seen: list[tuple[Mapping[str, Any], Plan]] = []

    @property
    def last(self) -> Mapping[str, Any] | None:
        """The document of the latest run."""
        return next((run for run, _ in self._runs()), None)

    @property
    def last_overrides(self) -> tuple[str, ...]:
        """The overrides of the latest run."""
        return next((plan.overrides for _, plan in self._runs()), ())

    def of(self, stage: str) -> Past | None:
        """The stage in the latest run in which it came to an end; None if there is none."""
        for run, plan in self._runs():
            noted = self._store.get_document(f"runs/{run['run_id']}", stage)
            if noted is not None and noted["key"] and any(stage == known.name for known in plan.stages):
                return self._past(run, plan, plan.stage(stage), noted)
        return None

    def _past(self, run: Mapping[str, Any], plan: Plan, stage: Stage, noted: Mapping[str, Any]) -> Past:
        documents = {name: self._store.get_document(f"runs/{run['run_id']}", name) for name in stage.upstream}
        keys = {name: document["key"] for name, document in documents.items() if document and document["key"]}
        return Past(run, plan, stage, noted["observed"] or {}, self._store.find(noted["key"]), keys)

    def _runs(self) -> Iterator[tuple[Mapping[str, Any], Plan]]:
        yield from self._seen
        for run in self._coming:
            document = self._store.get_document("plans", run["plan"])
            if document is not None:
                self._seen.append((run, Plan.from_json(document)))
                yield self._seen[-1]
