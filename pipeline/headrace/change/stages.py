"""Which stages run again and why, and which results are used again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from headrace.change.document import StageChange, StageFate
from headrace.change.showing import ABSENT
from headrace.change.values import differences, texts
from headrace.plan.model import Plan, Stage
from headrace.stages.table import kind_of

#: Where a stage's slice has a value under another path than the configuration.
_PATHS = {"sources": "dataset.sources", "transform": "dataset.transform", "row_id": "dataset.row_id"}
_TABLES, _PIPELINE = "tables", "pipeline"
_MOST = 4


def stage_changes(before: Plan | None, after: Plan, equal: Collection[str] = frozenset()) -> tuple[StageChange, ...]:
    """The fate of every stage, in the order in which they run, and of those that are gone.

    `equal` are stages of which it is known that they make what they made before, though they run.
    """
    known: dict[str, Stage] = {stage.name: stage for stage in before.stages} if before else {}
    fates: dict[str, StageFate] = {}
    changes = []
    for stage in after.stages:
        change = _fate(known.get(stage.name), stage, fates)
        fates[stage.name] = "reused" if stage.name in equal else change.fate
        changes.append(change)
    gone = [StageChange(name, "removed") for name in known if name not in fates]
    return (*changes, *gone)


def runs(changes: tuple[StageChange, ...]) -> tuple[str, ...]:
    """Names of the stages that run for sure or may run."""
    return tuple(change.name for change in changes if change.fate in ("runs", "may run", "decides again"))


def fate_of(changes: tuple[StageChange, ...], name: str) -> StageFate | None:
    """The fate of a stage; None if there is no such stage."""
    return next((change.fate for change in changes if change.name == name), None)


def _fate(old: Stage | None, new: Stage, fates: Mapping[str, StageFate]) -> StageChange:
    if old is None:
        return StageChange(new.name, "runs", ("it is new",))
    upstream = [name for name in new.upstream if fates.get(name) in ("runs", "may run", "decides again")]
    if old.recipe != new.recipe or old.inputs != new.inputs:
        why = tuple(_reasons(old, new))
        decides = kind_of(new.type).effect and new.type == "gate" and not upstream
        return StageChange(new.name, "decides again" if decides else "runs", why)
    if upstream:
        return StageChange(new.name, "may run", (f"unless what it reads of {_named(upstream)} comes out equal",))
    return StageChange(new.name, "reused")


def _named(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if len(names) < 4 else "others"


def _reasons(old: Stage, new: Stage) -> Iterator[str]:
    found = list(differences(old.config, new.config))
    for difference in found[:_MOST]:
        path = spec_path(new.type, difference.path)
        if path == "dataset.transform.query":
            yield "the text of its SQL"
        elif difference.before is ABSENT or difference.after is ABSENT:
            yield f"{path} {'is new' if difference.before is ABSENT else 'is gone'}"
        else:
            yield f"{path} {' → '.join(text or 'nothing' for text in texts(difference))}"
    if len(found) > _MOST:
        yield f"and {len(found) - _MOST} more values"
    for word, here, there in (("also needs", new, old), ("no longer needs", old, new)):
        packages = [name for name in here.distributions if name not in there.distributions]
        if packages:
            yield f"{word} the package {', '.join(packages)}"
    if old.inputs != new.inputs:
        yield from _input_reasons(old, new)


def _input_reasons(old: Stage, new: Stage) -> Iterator[str]:
    come = sorted(set(new.inputs) - set(old.inputs))
    gone = sorted(set(old.inputs) - set(new.inputs))
    if come:
        yield f"it also reads {', '.join(come)}"
    if gone:
        yield f"it no longer reads {', '.join(gone)}"
    if not come and not gone:
        yield "it reads other tables"


def spec_path(stage_type: str, path: str) -> str:
    """The path in the configuration of a value in a stage's slice."""
    head, dot, rest = path.partition(".")
    if stage_type in ("ingest", "transform", "split", "evaluate") and head in _PATHS:
        return f"{_PATHS[head]}{dot}{rest}"
    if head == _TABLES:
        return f"validation{dot}{rest}"
    if stage_type == "split" and path == "target":
        return "target.column"
    return "name" if path == _PIPELINE else path
