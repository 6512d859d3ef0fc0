"""Runs a plan: what is in the store is reused, the rest is made, committed and remembered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Literal

from headrace import secrets
from headrace.errors import ChampionMovedError, DamagedBlobError, HeadraceError
from headrace.plan.members import is_open
from headrace.plan.model import Plan, Stage
from headrace.project import Project
from headrace.run.keys import Question, question
from headrace.run.outcome import Outcome, RunReport
from headrace.run.record import (
    RunRecord,
    finish,
    join_run,
    note_failure,
    note_outcome,
    noted_outcome,
    open_run,
    safe_name,
)
from headrace.run.warmup import prepare_tracking
from headrace.run.world import file_digests
from headrace.stages.contract import World
from headrace.stages.kind import StageKind
from headrace.stages.table import kind_of
from headrace.store import Action, LocalStore, Store

_RETRIES = 3


@dataclass(frozen=True, slots=True)
class Event:
    """A stage began or ended: for whoever shows progress."""

    stage: str
    status: Literal["started", "ran", "reused", "failed", "skipped"]
    seconds: float = 0.0
    facts: Mapping[str, Any] = field(default_factory=dict)
    refused: bool = False


Listener = Callable[[Event], None]


def silent(event: Event) -> None:
    """The listener that shows nothing."""
    del event


@dataclass(frozen=True, slots=True)
class Execution:
    """One plan, in one project, at one clock."""

    plan: Plan
    project: Project
    as_of: datetime | None = None
    listen: Listener = silent
    parent_run: Callable[[], str] | None = None
    """Opens the MLflow run that this one is a trial of, asked only when something is tracked."""
    without: frozenset[str] = frozenset()
    """Stage types to skip: a trial decides on no champion."""
    skipped: frozenset[str] = frozenset()
    """Stages that whoever drives the run has skipped: what comes later must not make up for them."""
    kind_of: Callable[[str], StageKind] = kind_of
    """The table of stage kinds."""
    given: Mapping[str, Outcome] = field(default_factory=dict)
    """What stages ended with that another member's run has settled for this one too."""
    part_of: str | None = None
    """The scheduler's run that this is a member's part of."""
    template: str | None = None
    """Digest of the plan that this one was filled from."""

    @property
    def store(self) -> Store:
        """Where results live."""
        return LocalStore(self.project.home / "store")

    def run(self) -> RunReport:
        """All stages. When everything can be reused nothing is written, not even that there was a run.

        ConfigError for a plan that has holes.
        """
        _require_filled(self.plan, [stage.name for stage in self.plan.stages])
        return _LocalRun(self).report()

    def run_stages(self, names: tuple[str, ...], run_id: str) -> RunReport:
        """Some stages of a run that a scheduler drives; what they need of earlier ones is read or made again."""
        _require_filled(self.plan, names)
        record = join_run(self.store, self.plan, run_id, self.as_of, part_of=self.part_of, template=self.template)
        report = Pass(self, record, frozenset(names)).report()
        if self.plan.stages[-1].name in names and report.status != "failed":
            finish(self.store, record, report.status)
        for outcome in report.outcomes if record.part_of else ():
            if outcome.error is not None:
                note_failure(self.store, record.run_id, outcome.name, outcome.error.diagnostics[0].message)
        return report


def _require_filled(plan: Plan, names: Sequence[str]) -> None:
    """ConfigError if one of these stages has a hole, or stands on one that has."""
    if not is_open(plan.spec):
        return
    from headrace.plan.holes import shared_stages, unfilled  # the schema: only for plans that have holes

    shared = shared_stages(plan)
    for name in names:
        if name not in shared:
            raise unfilled(plan, name)


class _LocalRun:
    """A run in this process. It becomes a run, with an id and a lock, when the first stage has work to do."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution
        self.record: RunRecord | None = None
        self._held = ExitStack()

    def report(self) -> RunReport:
        with self._held:
            report = Pass(self.execution, None, None, self._open).report()
            if self.record is not None:
                finish(self.execution.store, self.record, report.status)
            return report

    def _open(self) -> RunRecord:
        if self.record is None:
            execution = self.execution
            self.record = self._held.enter_context(open_run(execution.store, execution.plan, execution.as_of))
            child = prepare_tracking(execution.plan, execution.project)
            if child is not None:
                self._held.callback(child.wait)
        return self.record


class Pass:
    """Goes through the stages once; starts over when a stored file turns out to be damaged.

    A subclass may only say what becomes of a stage, in `answer`: which stages there are, and what each is asked, is
    the same for all.
    """

    def __init__(
        self,
        execution: Execution,
        record: RunRecord | None,
        wanted: frozenset[str] | None,
        open_record: Callable[[], RunRecord] | None = None,
    ) -> None:
        self.execution = execution
        self.plan = execution.plan
        self.store = execution.store
        self.record = record
        self.wanted = wanted
        self.open_record = open_record
        self.given = dict(execution.given)
        self.outcomes: dict[str, Outcome] = {}
        self.ran: dict[str, Outcome] = {}
        self.is_last_try = False
        self.look_again = False
        """Whether decisions that this run noted about the world are made again."""
        self.digest_file = file_digests(execution.project.home / "digests.json")

    def report(self) -> RunReport:
        """What became of all of them."""
        start = time.perf_counter()
        for attempt in range(_RETRIES):
            self.is_last_try = attempt == _RETRIES - 1
            try:
                self._go()
                break
            except DamagedBlobError:  # it is gone from the store now, so whatever made it runs again
                if self.is_last_try:
                    raise
            except ChampionMovedError:  # what was decided about another champion is decided again
                self.look_again = True
            self.outcomes.clear()
            self.given.clear()
        outcomes = tuple(self.ran.get(name, outcome) for name, outcome in self.outcomes.items())
        run_id = self.record.run_id if self.record else None
        return RunReport(self.plan.pipeline, self.plan.digest, run_id, outcomes, time.perf_counter() - start)

    def _go(self) -> None:
        for stage in self._needed():
            outcome = self._outcome_of(stage)
            self.outcomes[stage.name] = outcome
            if outcome.status == "ran":
                self.ran[stage.name] = outcome
            if self.record is not None:
                note_outcome(self.store, self.record.run_id, outcome)
            self.execution.listen(Event(stage.name, outcome.status, outcome.seconds, outcome.facts, outcome.refused))

    def _needed(self) -> Iterator[Stage]:
        """The wanted stages and all that they stand on, in the plan's order."""
        needed = set(self.wanted) if self.wanted is not None else {stage.name for stage in self.plan.stages}
        for stage in reversed(self.plan.stages):
            if stage.name in needed:
                needed.update(stage.upstream)
        return (stage for stage in self.plan.stages if stage.name in needed)

    def _outcome_of(self, stage: Stage) -> Outcome:
        kind = self.execution.kind_of(stage.type)
        if not self._may_run(stage, kind):
            return Outcome(stage.name, "skipped")
        if stage.name in self.given:
            return self.given[stage.name]
        is_earlier = self.wanted is not None and stage.name not in self.wanted
        is_doubtful = self.look_again and kind.effect and kind.observe is not None
        if is_earlier and not is_doubtful and self.record is not None:
            noted = noted_outcome(self.store, self.record, stage.name)
            if noted is not None:
                return noted
        try:
            return self.answer(stage, kind)
        except DamagedBlobError:
            raise
        except HeadraceError as error:
            if isinstance(error, ChampionMovedError) and not self.is_last_try:
                raise
            return Outcome(stage.name, "failed", error=error)

    def _may_run(self, stage: Stage, kind: StageKind) -> bool:
        if stage.type in self.execution.without or stage.name in self.execution.skipped:
            return False
        above = [self.outcomes[name] for name in stage.upstream]
        if any(outcome.status == "failed" for outcome in self.outcomes.values()):
            return False
        return kind.even_if_refused or not any(o.refused or o.status == "skipped" for o in above)

    def answer(self, stage: Stage, kind: StageKind) -> Outcome:
        """What becomes of a stage that may run: its result is found, or made now."""
        asked = self.question(stage, kind)
        action = asked.answer(self.store)
        if action is None:
            self._begin()
            with self.store.lock(self._lock_name(kind, asked)):
                asked = self.question(stage, kind)  # while we waited, somebody may have made it or moved the world
                action = asked.answer(self.store)
                if action is None:
                    return self._make(stage, kind, asked)
        return Outcome(stage.name, "reused", action.seconds, action, asked.observed)

    def _begin(self) -> None:
        """There is work to do, so there is a run: what was reused before it belongs to it."""
        if self.record is None and self.open_record is not None:
            self.record = self.open_record()
            for earlier in self.outcomes.values():
                note_outcome(self.store, self.record.run_id, earlier)

    def _lock_name(self, kind: StageKind, asked: Question) -> str:
        """Effects that look at the world and change it take turns; anything else waits only for its own key."""
        if kind.effect and kind.observe:
            return f"effects-{safe_name(self.plan.scope)}"
        return f"key-{asked.key[:32]}"

    def question(self, stage: Stage, kind: StageKind) -> Question:
        """What the stage is asked now, after those before it."""
        made = {name: outcome.action.outputs for name, outcome in self.outcomes.items() if outcome.action}
        return question(stage, kind, made, self._observe(stage, kind), self.execution.as_of)

    def _observe(self, stage: Stage, kind: StageKind) -> Mapping[str, Any]:
        if kind.observe is None:
            return {}
        observed: Mapping[str, Any] = _resolve(kind.observe)(secrets.resolve(stage.config), self._world())
        return observed

    def _world(self) -> World:
        project = self.execution.project
        trained = self.outcomes.get("train")
        model = trained.action.outputs.get("model.skops") if trained and trained.action else None
        return World(
            project.root, project.home, self.digest_file, model.digest if model else None, self.execution.as_of
        )

    def _make(self, stage: Stage, kind: StageKind, asked: Question) -> Outcome:
        from headrace.run.stage import StageCall  # logging and secrets: only where something runs

        assert self.record is not None
        self.execution.listen(Event(stage.name, "started"))
        start = time.perf_counter()
        inputs = {name: self.store.read(output) for name, output in asked.inputs.items()}
        with self.store.workspace(stage.name) as out:
            result = StageCall(self.execution, self.record, kind, asked, inputs, out, self.outcomes)()
            files = {path.relative_to(out).as_posix(): path for path in sorted(out.rglob("*")) if path.is_file()}
            action = Action(
                key=asked.key,
                stage=stage.name,
                outputs={},
                facts=result.facts,
                holds_after=result.holds_after.isoformat() if result.holds_after else None,
                refused=result.refused,
                run_id=self.record.run_id,
                created=datetime.now(UTC).isoformat(),
                seconds=time.perf_counter() - start,
            )
            action = self.store.commit(action, files)
        asked.publish(self.store, action)
        outcome = Outcome(stage.name, "ran", time.perf_counter() - start, action, asked.observed)
        if kind.settles:
            self._settle({**self.outcomes, stage.name: outcome})
        return outcome

    def _settle(self, outcomes: Mapping[str, Outcome]) -> None:
        """The world is now as the effects made it: asked again, they would find their own answers."""
        for stage in self.plan.stages:
            kind = self.execution.kind_of(stage.type)
            outcome = outcomes.get(stage.name)
            if kind.effect and kind.observe and outcome and outcome.action:
                self.store.alias(self.question(stage, kind).key, outcome.action)


def _resolve(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
