"""A status for a terminal of 100 columns."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from headrace.status.reason import Reason
from headrace.status.report import StageStatus, Status

_WIDTH = 100
_SHOWN = 30
_MODULES = 3
_FATE = {"reused": "reused", "runs": "runs", "depends": "may run", "skipped": "skipped", "fails": "fails"}


def lines(status: Status) -> Iterator[str]:
    """What would run, what it is compared with, and a line for each reason."""
    yield _headline(status)
    yield from textwrap.wrap(_compared(status), _WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield ""
    width = max(len(stage.name) for stage in status.stages)
    for stage in status.stages:
        head = f"  {stage.name:<{width}}  {_FATE[stage.fate]:<8}"
        told = [line for text in _why(stage, status) for line in _wrapped(text, _WIDTH - len(head))] or [""]
        yield f"{head}{told[0]}".rstrip()
        yield from (f"{' ' * len(head)}{more}" for more in told[1:])


def _wrapped(text: str, width: int) -> list[str]:
    indent = "  " if text.startswith("  ") else ""
    return textwrap.wrap(text, width, subsequent_indent=f"{indent}  ", break_on_hyphens=False)


def _headline(status: Status) -> str:
    certain = sum(stage.fate == "runs" for stage in status.stages)
    depends = sum(stage.fate == "depends" for stage in status.stages)
    if any(stage.fate == "fails" for stage in status.stages):
        return f"{status.pipeline}: a run would fail"
    if not certain:
        return f"{status.pipeline}: nothing would run"
    more = f", and {depends} more may" if depends else ""
    return f"{status.pipeline}: {certain} of {len(status.stages)} stages would run{more}"


def _compared(status: Status) -> str:
    run = status.last_run
    if run is None:
        return "it never ran here"
    asked = f", with {' '.join(status.last_overrides)}" if status.last_overrides != status.overrides else ""
    said = f"run {run['run_id']} ({run['status']}, {_moment(run['started'])}{asked})"
    if status.something:
        return f"compared with {said}"
    return f"no value, no code, no data and no champion has changed; the last that did work was {said}"


def _why(stage: StageStatus, status: Status) -> Iterator[str]:
    last = status.last_run["run_id"] if status.last_run else None
    if stage.fate == "reused" and stage.made_by not in (None, "", last):
        yield f"made by run {stage.made_by}"
    if stage.fate == "skipped":
        fails = any(other.fate == "fails" for other in status.stages)
        yield "a stage before it would fail" if fails else "a gate refused"
    inputs = [reason for reason in stage.reasons if reason.kind == "input" and reason.before is None]
    code = [reason for reason in stage.reasons if reason.kind == "code"]
    for reason in stage.reasons:
        if reason not in inputs and reason not in code:
            yield from _TOLD[reason.kind](reason)
    if code:
        yield _code(code)
    if stage.compared_with not in (None, last):
        yield f"compared with run {stage.compared_with}"
    if inputs:
        yield f"its input from {', '.join(reason.what for reason in inputs)} may change"


def _value(reason: Reason) -> Iterator[str]:
    yield f"{reason.what}: {_change(reason.before, reason.after)}"
    where = reason.place or "the schema's default"
    before = reason.place_before or "the schema's default"
    yield f"  {where}" + (f", before at {before}" if before != where else "")


def _change(before: Any, after: Any) -> str:
    if isinstance(before, list) and isinstance(after, list):
        added, gone = [x for x in after if x not in before], [x for x in before if x not in after]
        parts = [f"{_text(x)} added" for x in added] + [f"{_text(x)} dropped" for x in gone]
        return ", ".join(parts) or "another order"
    old, new = _text(before), _text(after)
    return "its text has changed" if max(len(old), len(new)) > _SHOWN else f"{old} → {new}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _code(found: list[Reason]) -> str:
    names = [reason.what for reason in found[:_MODULES]]
    more = f" and {len(found) - _MODULES} more" if len(found) > _MODULES else ""
    return f"code: {', '.join(names)}{more}"


def _data(reason: Reason) -> Iterator[str]:
    before, after = reason.before, reason.after
    if before is None or after is None:
        yield f"data: {reason.what} is {'new' if before is None else 'gone'}"
        return
    old, new = before.get("size"), after.get("size")
    size = "" if old is None or new is None else f": {old:,} → {new:,} bytes"
    when = f", modified {_moment(after['modified'])}" if "modified" in after else ""
    yield f"data: {reason.what}{size}{when}"


def _champion(reason: Reason) -> Iterator[str]:
    yield f"the champion: {_version(reason.before)} → {_version(reason.after)}"


def _mlflow(reason: Reason) -> Iterator[str]:
    before, after = (" and ".join(places or ["none"]) for places in (reason.before, reason.after))
    yield f"MLflow: {before} → {after}"


def _version(champion: Any) -> str:
    if isinstance(champion, Mapping):
        return f"version {champion['version']}"
    return "none" if champion is None else "this run's model"


def _clock(reason: Reason) -> Iterator[str]:
    old, new = (_moment(value) if value else "everything there is" for value in (reason.before, reason.after))
    yield f"the clock: {old} → {new}"


_TOLD: Mapping[str, Callable[[Reason], Iterator[str]]] = {
    "value": _value,
    "version": lambda reason: iter([f"{reason.what}: {reason.before or 'not used'} → {reason.after or 'not used'}"]),
    "data": _data,
    "mlflow": _mlflow,
    "champion": _champion,
    "clock": _clock,
    "input": lambda reason: iter([f"its input from {reason.what} is another result than then"]),
    "gone": lambda _: iter(["its result is no longer in the store"]),
    "never": lambda _: iter(["never run"]),
    "error": lambda reason: iter([f"{reason.place}: {reason.what}" if reason.place else reason.what]),
}


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
