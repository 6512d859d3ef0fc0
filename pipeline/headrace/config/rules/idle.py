"""What a schedule says without an effect, or twice: none of it is wrong, and all of it was meant for something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from headrace.config.composed import Composed
from headrace.config.rules.rule import Rule
from headrace.config.schema import Spec
from headrace.config.schema.triggers import AssetTerm
from headrace.errors import Diagnostic
from headrace.schedule import PRESETS

#: What may start runs by itself.
_CLOCKS = ("cron", "every", "continuous", "once", "timetable")
_TRIGGERS = (*_CLOCKS, "assets", "depends_on")
#: Clocks that have intervals, which may be made up for.
_INTERVALS = ("cron", "every", "timetable")
#: `s3:/warehouse/x`: an address, but for a slash.
_ONE_SLASH = re.compile(r"([a-z][a-z0-9+.-]*):/(?!/)", re.IGNORECASE)


def _days_have_a_clock(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    schedule = spec.schedule
    if any(getattr(schedule, name) for name in _TRIGGERS) or schedule.partition is not None:
        return
    for name in ("start", "end"):
        if getattr(schedule, name) is not None:
            message = f"`{name}` has no effect: nothing starts a run by itself"
            yield _idle(composed, message, f"schedule.{name}", "delete it, or add `cron`")


def _backfills_have_intervals(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    schedule = spec.schedule
    if schedule.backfill.model_fields_set and not any(getattr(schedule, name) for name in _INTERVALS):
        message = "`backfill` has no effect: without a clock there are no runs of the past to make up for"
        yield _idle(composed, message, "schedule.backfill", "delete it, or add `cron`")


def _crons_differ(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    listed = spec.schedule.cron if isinstance(spec.schedule.cron, tuple) else ()
    seen: set[str] = set()
    for index, cron in enumerate(listed):
        plain = " ".join(PRESETS.get(cron, cron).split())
        if plain in seen:
            yield _idle(composed, f"`{cron}` is there twice", f"schedule.cron.{index}", "delete one of the two")
        seen.add(plain)


def _tasks_are_limited_once(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.dag.max_active_tasks is not None and spec.schedule.max_active_tasks is not None:
        message = (
            f"`schedule.max_active_tasks` is {spec.schedule.max_active_tasks}, and `dag.max_active_tasks`, "
            f"{spec.dag.max_active_tasks}, counts"
        )
        yield _idle(composed, message, "schedule.max_active_tasks", "delete one of the two")


def _addresses_are_whole(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for path, term in _terms(spec.schedule.assets, "schedule.assets"):
        text = term if isinstance(term, str) else term.name or ""
        if match := _ONE_SLASH.match(text):
            message = f"`{text}` is taken for the name of an asset, not for its URI"
            place = composed.place_of(path if isinstance(term, str) else f"{path}.name")
            remedy = f"write {match[1]}://…, if it is an address"
            yield composed.diagnostic("HR313", message, place, remedy, "warning")


def _terms(held: object, path: str) -> Iterator[tuple[str, str | AssetTerm]]:
    """Path and value of every asset of a condition."""
    if isinstance(held, str):
        yield path, held
    elif isinstance(held, AssetTerm):
        yield path, held
        for word in ("all", "any"):
            for index, inner in enumerate(getattr(held, word, ())):
                yield from _terms(inner, f"{path}.{word}.{index}")


def _idle(composed: Composed, message: str, path: str, remedy: str) -> Diagnostic:
    return composed.diagnostic("HR312", message, composed.key_of(path), remedy, "warning")


RULES: tuple[Rule, ...] = (
    _days_have_a_clock,
    _backfills_have_intervals,
    _crons_differ,
    _tasks_are_limited_once,
    _addresses_are_whole,
)
