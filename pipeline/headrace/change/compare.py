"""From two sides of compiled pipelines to the document of what changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from headrace.change.cost import cost
from headrace.change.document import Change, Irreversible, PipelineChange, StageChange, State
from headrace.change.features import feature_changes, incomparable
from headrace.change.gates import gate_changes
from headrace.change.members import member_notes
from headrace.change.production import irreversible
from headrace.change.renames import renamed, renamed_files
from headrace.change.revision import Revision, find_revision
from headrace.change.risks import Case, risks
from headrace.change.schedules import schedule_change
from headrace.change.sides import Side, changed_files, sides, texts
from headrace.change.snapshot import snapshot
from headrace.change.sources import source_reads
from headrace.change.sql import sql_change
from headrace.change.stages import fate_of, runs, stage_changes
from headrace.change.surroundings import surroundings
from headrace.change.values import merged, value_changes
from headrace.errors import Diagnostic, UsageError
from headrace.plan.cache import Compiled
from headrace.plan.model import Plan
from headrace.project import Project


@dataclass(frozen=True, slots=True)
class Pair:
    """A pipeline's two sides, under the name that it has now."""

    name: str
    before: Compiled | None
    after: Compiled | None
    renamed_from: str | None = None
    likeness: float | None = None


def what_changes(
    project: Project, names: Sequence[str] = (), against: str | None = None, now: datetime | None = None
) -> Change:
    """What the working tree does otherwise than a commit: the document that every renderer reads.

    `against` defaults to a pull request's merge base in CI and to HEAD elsewhere; `now` (aware) is when next runs
    are counted from. UsageError for a commit or a pipeline that is not there.
    """
    revision = find_revision(project.root, against)
    past = snapshot(project, revision)
    _require_known(names, past, project)
    everything = sides(past, project, _with_partners(names, past, project))
    pairs = [pair for pair in _paired(everything) if not names or pair.name in names or pair.renamed_from in names]
    cases = [_case(project, pair, now or datetime.now(UTC)) for pair in pairs]
    touched = [case for case in cases if case.change.has_effect]
    return Change(
        against=revision.asked,
        commit=revision.commit,
        when=revision.when,
        pipelines=tuple(case.change for case in touched),
        unchanged=len(cases) - len(touched),
        values=merged([value for case in touched for value in case.values]),
        risks=risks(touched),
        irreversible=_together([found for case in touched for found in _irreversible(case)]),
        notes=(
            *(note for case in touched for note in member_notes(case.before, case.after)),
            *_notes(project, past, revision),
        ),
    )


def _with_partners(names: Sequence[str], past: Project, present: Project) -> Sequence[str] | None:
    """The named pipelines, and those that they may have been renamed from or to."""
    if not names:
        return None
    return sorted({*names, *(set(past.pipelines()) ^ set(present.pipelines()))})


def _require_known(names: Sequence[str], past: Project, present: Project) -> None:
    known = sorted({*past.pipelines(), *present.pipelines()})
    for name in names:
        if name not in known:
            from headrace.config.nearest import suggestion

            remedy = suggestion(name, known) or "add a file to conf/pipeline"
            raise UsageError(f"there is no pipeline {name}, neither then nor now", remedy=remedy)


def _paired(everything: Sequence[Side]) -> Iterator[Pair]:
    moved = {pair.new.name: pair for pair in renamed(everything)}
    gone = {pair.old.name for pair in moved.values()}
    for side in everything:
        if side.name in moved:
            pair = moved[side.name]
            yield Pair(side.name, pair.old.before, side.after, pair.old.name, round(pair.likeness, 3))
        elif side.name not in gone:
            yield Pair(side.name, side.before, side.after)


def _case(project: Project, pair: Pair, now: datetime) -> Case:
    before, after = (side.plan if side else None for side in (pair.before, pair.after))
    change = PipelineChange(pair.name, "unchanged", pair.renamed_from, pair.likeness)
    if pair.after is None:
        return Case(replace(change, state="removed", schedule=schedule_change(before, None, now)), before, None)
    if after is None:
        state: State = "broken" if pair.before is not None and before is None else "breaks"
        return Case(replace(change, state=state, diagnostics=pair.after.diagnostics), before, None)
    if before is not None and before.digest == after.digest:
        return Case(change, before, after)
    state = "added" if pair.before is None else "changed" if before is not None else "mended"
    told = _compared(project, pair, before, after, now)
    known = replace(told, state=state, renamed_from=pair.renamed_from, likeness=pair.likeness)
    values = value_changes(before, after) if before is not None else ()
    return Case(replace(known, diagnostics=_new_warnings(pair)), before, after, values)


def _compared(project: Project, pair: Pair, before: Plan | None, after: Plan, now: datetime) -> PipelineChange:
    sql = sql_change(before, after)
    stages = stage_changes(before, after, _same_table(before, after) if sql and sql.is_layout else ())
    is_mended = before is None and pair.before is not None  # what it did before is not known
    return PipelineChange(
        name=after.pipeline,
        state="changed",
        retrains=fate_of(stages, "train") in ("runs", "may run"),
        redecides=fate_of(stages, "gate") == "decides again",
        stages=stages,
        sources=source_reads(before, after, project.root),
        sql=sql,
        schedule=None if is_mended else schedule_change(before, after, now, renamed=bool(pair.renamed_from)),
        gates=() if is_mended else gate_changes(before, after),
        features=feature_changes(before, after),
        incomparable=incomparable(before, after),
        cost=cost(project, before, after, runs(stages)) if runs(stages) else None,
    )


def _same_table(before: Plan | None, after: Plan) -> tuple[str, ...]:
    """The transform, if nothing of it changes but how its SQL is laid out: equal tables have equal content."""
    old, new = (plan.spec["dataset"] if plan else {} for plan in (before, after))
    others = [{**part, "transform": None} for part in (old, new)]
    return ("transform",) if others[0] == others[1] else ()


def _new_warnings(pair: Pair) -> tuple[Diagnostic, ...]:
    assert pair.after is not None
    known = {(found.code, found.message) for found in (pair.before.diagnostics if pair.before else ())}
    return tuple(found for found in pair.after.diagnostics if (found.code, found.message) not in known)


def _irreversible(case: Case) -> Iterator[Irreversible]:
    if case.change.state in ("breaks", "broken"):
        return
    yield from irreversible(case.before, case.after, _promotes(case.change.stages))


def _promotes(stages: Sequence[StageChange]) -> bool:
    return any(stage.name == "promote" and stage.fate in ("runs", "may run") for stage in stages)


def _together(found: Sequence[Irreversible]) -> tuple[Irreversible, ...]:
    """The same thing told once, with the pipelines that do it."""
    grouped: dict[tuple[str, str], tuple[str, ...]] = {}
    for item in found:
        key = (item.message, item.remedy)
        grouped[key] = (*grouped.get(key, ()), *item.pipelines)
    return tuple(Irreversible(*key, names) for key, names in grouped.items())


def _notes(project: Project, past: Project, revision: Revision) -> Iterator[str]:
    differing = changed_files(past.conf, project.conf)
    old, new = texts(past.conf, differing), texts(project.conf, differing)
    gone = {name: text for name, text in old.items() if name not in new}
    come = {name: text for name, text in new.items() if name not in old}
    for was, now in renamed_files(gone, come):
        if not was.startswith("pipeline/"):
            yield f"conf/{was} is now conf/{now}, with the same content: that alone has no effect"
    yield from surroundings(project, revision)
