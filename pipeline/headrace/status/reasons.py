"""Why a stage would run: what is not as it was the last time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from headrace.data.files import locate
from headrace.errors import DataError
from headrace.plan.differences import Absent, unequal
from headrace.plan.ingredients import ingredients
from headrace.plan.model import Plan, Stage
from headrace.plan.values import shown
from headrace.run.forecast import Prospect
from headrace.status.past import Past
from headrace.status.reason import Reason
from headrace.store import Store

#: Parts of a stage's slice that have another name in the configuration.
_PARTS = {
    "sources": "dataset.sources",
    "transform": "dataset.transform",
    "row_id": "dataset.row_id",
    "tables": "validation",
    "pipeline": "name",
}


def reasons(store: Store, plan: Plan, prospect: Prospect, past: Past | None, root: Path) -> Iterator[Reason]:
    """Everything that is not as it was in the run that the stage is compared with."""
    if past is None:
        yield Reason("never", prospect.stage.name)
        return
    found = list(_changes(store, plan, prospect, past, root))
    yield from found
    for name in prospect.waits_for:
        yield Reason("input", name)
    if not found and not prospect.waits_for:
        yield Reason("gone", prospect.stage.name)


def _changes(store: Store, plan: Plan, prospect: Prospect, past: Past, root: Path) -> Iterator[Reason]:
    stage = prospect.stage
    if stage.recipe != past.stage.recipe:
        changed = [*_values(plan, stage, past), *_code(store, plan, stage, past)]
        yield from changed or [Reason("code", "of the stage, or its packages")]
    if prospect.asked is None:
        return
    yield from _observed(prospect.asked.observed, past, stage, root)
    now = prospect.asked.as_of.isoformat() if prospect.asked.as_of else None
    if now != past.run["as_of"] and (prospect.asked.as_of or _is_clocked(past)):
        yield Reason("clock", "as_of", past.run["as_of"], now)
    yield from _inputs(store, prospect, past)


def _is_clocked(past: Past) -> bool:
    return past.stage.type in {"ingest", "split"}


def _values(plan: Plan, stage: Stage, past: Past) -> Iterator[Reason]:
    for path, old, new in unequal(past.stage.config, stage.config):
        key = spec_key(stage.type, path)
        before, after = (None if value is Absent else value for value in (old, new))
        yield Reason("value", key, before, after, _place(plan, key), _place(past.plan, key))


def spec_key(stage_type: str, path: str) -> str:
    """The dotted path in the configuration of a value in a stage's slice."""
    head, _, rest = path.partition(".")
    if head == "target" and not rest and stage_type == "split":
        return "target.column"
    return ".".join(part for part in (_PARTS.get(head, head), rest) if part)


def _place(plan: Plan, key: str) -> str | None:
    place = plan.places.get(key)
    return shown(place) if place else None


def _code(store: Store, plan: Plan, stage: Stage, past: Past) -> Iterator[Reason]:
    old, new = ingredients(store, past.plan.digest, stage.name), ingredients(store, plan.digest, stage.name)
    if old is None or new is None:
        return
    for module in sorted({*old.modules, *new.modules}):
        before, after = old.modules.get(module), new.modules.get(module)
        if before != after:
            yield Reason("code", module, before and before[:12], after and after[:12])
    for name in sorted({*old.versions, *new.versions}):
        if old.versions.get(name) != new.versions.get(name):
            yield Reason("version", name, old.versions.get(name), new.versions.get(name))


def _observed(observed: Mapping[str, Any], past: Past, stage: Stage, root: Path) -> Iterator[Reason]:
    if "mlflow" in observed and observed["mlflow"] != past.observed.get("mlflow"):
        yield Reason("mlflow", "mlflow", past.observed.get("mlflow"), observed["mlflow"])
    if "champion" in observed and observed["champion"] != past.observed.get("champion"):
        yield Reason("champion", "champion", past.observed.get("champion"), observed["champion"])
    for source, seen in observed.items():
        if isinstance(seen, Mapping) and "files" in seen:
            old = (past.observed.get(source) or {}).get("files", {})
            yield from _files(source, old, seen["files"], past, stage, root)


def _files(
    source: str, old: Mapping[str, str], new: Mapping[str, str], past: Past, stage: Stage, root: Path
) -> Iterator[Reason]:
    was = _sizes_before(past, source)
    now = _on_disk(source, stage, root) if old != new else {}
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            before = {"digest": old[name], "size": was.get(name)} if name in old else None
            after = {"digest": new[name], **now.get(name, {})} if name in new else None
            yield Reason("data", f"dataset.sources.{source}: {name}", before, after)


def _sizes_before(past: Past, source: str) -> dict[str, int]:
    facts = past.action.facts if past.action else {}
    files = facts.get("sources", {}).get(source, {}).get("files", ())
    return {file["path"]: file["size"] for file in files}


def _on_disk(source: str, stage: Stage, root: Path) -> dict[str, dict[str, Any]]:
    try:
        files = locate(source, stage.config["sources"][source]["path"], root)
        stats = {file.name: file.path.stat() for file in files}
    except (DataError, OSError):
        return {}
    return {
        name: {"size": stat.st_size, "modified": datetime.fromtimestamp(stat.st_mtime, UTC).isoformat("T", "seconds")}
        for name, stat in stats.items()
    }


def _inputs(store: Store, prospect: Prospect, past: Past) -> Iterator[Reason]:
    """Stages before it whose results are there, but are not those of the last time."""
    assert prospect.asked is not None
    for name in dict.fromkeys(ref.stage for ref in prospect.stage.inputs.values()):
        key = past.inputs.get(name)
        action = store.find(key) if key else None
        before = {output.digest for output in action.outputs.values()} if action else set()
        refs = {label for label, ref in prospect.stage.inputs.items() if ref.stage == name}
        given = {o.digest for label, o in prospect.asked.inputs.items() if label.partition("/")[0] in refs}
        if given - before:
            yield Reason("input", name, "another result")
