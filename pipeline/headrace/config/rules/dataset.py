"""The dataset: tables that are joined, rows that have names, parts that rows fall into."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.config.composed import Composed
from headrace.config.rules.rule import Rule
from headrace.config.rules.table import declared_type
from headrace.config.schema import Spec
from headrace.config.schema.modelling import TimeSplit
from headrace.errors import Diagnostic


def _one_table(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if len(spec.dataset.sources) > 1 and spec.dataset.transform is None:
        message = f"{len(spec.dataset.sources)} sources, and nothing that joins them"
        yield composed.diagnostic("HR154", message, composed.key_of("dataset.sources"), "add `dataset.transform`")
    transform = spec.dataset.transform
    if transform is not None and transform.query is None and transform.file is None:
        place = composed.key_of("dataset.transform")
        yield composed.diagnostic("HR158", "the transform has no SQL", place, "add `file` or `query`")


def _rows_are_named(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.split is not None and spec.split.method in ("random", "stratified") and not spec.dataset.row_id:
        message = f"a {spec.split.method} split needs `dataset.row_id`"
        remedy = "name the columns that name a row for good (a source's `row_number` can be one)"
        yield composed.diagnostic("HR161", message, composed.place_of("split.method"), remedy)


def _order_is_kept(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Rows that have a time are predicted in its order: a split that mixes them shows a model the future."""
    timed = next((name for name, source in spec.dataset.sources.items() if source.time_column), None)
    if timed is None or spec.split is None or spec.split.method not in ("random", "stratified"):
        return
    column = spec.dataset.sources[timed].time_column
    message = f"rows in order of time (`{column}` of `{timed}`) are split at random: training sees the future"
    remedy = "write method: time, with a `column` that says when a row was"
    yield composed.diagnostic("HR168", message, composed.place_of("split.method"), remedy, "warning")


def _windows_are_of_time(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if not isinstance(spec.split, TimeSplit):
        return
    declared = declared_type(spec, spec.split.column)
    if declared not in (None, "date", "datetime"):
        message = f"a time split needs a date or a datetime: `{spec.split.column}` is declared as {declared}"
        yield composed.diagnostic("HR169", message, composed.place_of("split.column"), "name a column of time")


def _parts_leave_something(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.split is None or isinstance(spec.split, TimeSplit):
        return
    held_out = spec.split.test + (spec.split.validation or 0)
    place = composed.place_of("split.validation" if spec.split.validation else "split.test")
    if held_out >= 1:
        message = f"test and validation take {held_out:g} of the rows: nothing is left to train on"
        yield composed.diagnostic("HR170", message, place, "write smaller shares")
    elif held_out > 0.8:
        message = f"{held_out:.0%} of the rows are held out, and a model learns from the few that are left"
        yield composed.diagnostic("HR170", message, place, "write smaller shares, as in 0.2", "warning")


def _parts_are_alike(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.split is None or spec.split.method not in ("time", "grouped") or spec.target is None:
        return
    if getattr(spec.split, "column", None) == spec.target.column:
        message = f"the split is by the target `{spec.target.column}`: train and test would have other answers"
        yield composed.diagnostic("HR169", message, composed.place_of("split.column"), "name another column")


RULES: tuple[Rule, ...] = (
    _one_table,
    _rows_are_named,
    _order_is_kept,
    _windows_are_of_time,
    _parts_leave_something,
    _parts_are_alike,
)
