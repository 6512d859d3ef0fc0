"""Features that know what is to be predicted: followed through the SQL to the columns that they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from headrace.config import transform_sql
from headrace.config.composed import Composed
from headrace.config.lineage import Origin, Origins
from headrace.config.rules.learning import features
from headrace.config.rules.rule import Rule
from headrace.config.rules.table import OUTCOME, can_be_read, table_origins
from headrace.config.schema import Spec
from headrace.errors import Diagnostic

_CLEAR = "take it from earlier rows (a window that ends before its row, in order of time), or delete the feature"


@dataclass(frozen=True, slots=True)
class _Feature:
    """A feature and where its values come from."""

    path: str
    column: str
    origins: Origins


def _nothing_of_the_future(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.target is None or spec.features is None or not can_be_read(spec):
        return
    table = table_origins(spec)
    target = _found(table, spec.target.column)
    for path, column in features(spec):
        if column == spec.target.column:  # said elsewhere
            continue
        feature = _Feature(path, column, _found(table, column))
        if problem := _problem(spec, composed, feature, target):
            yield problem


def _found(table: Mapping[str, Origins] | None, column: str) -> Origins:
    if table is None:
        return Origins(untraced="the SQL does not tell its columns")
    if not table:  # there is no transform: the column is the source's
        return Origins(frozenset({Origin("", column, "direct")}), passed_on=True)
    folded = {name.casefold(): found for name, found in table.items()}
    return folded.get(column.casefold(), Origins())


def _problem(spec: Spec, composed: Composed, feature: _Feature, target: Origins) -> Diagnostic | None:
    """What is wrong with one feature: the worst that there is."""
    direct = feature.origins.columns("direct")
    for source, column in sorted(direct):
        if _known_at(spec, source, column) == OUTCOME:
            what = f"`{_shown(source, column)}`, which only the outcome tells"
            return _leak(spec, composed, feature, "HR182", f"`{feature.column}` is made of {what}", _CLEAR)
    if target.through & feature.origins.through or (target.passed_on and _same(direct, target)):
        message = f"`{feature.column}` is made of the target `{spec.target and spec.target.column}`"
        return _leak(spec, composed, feature, "HR182", message, _CLEAR)
    whole = target.columns("direct") - _names(spec)
    if whole and whole <= direct and spec.dataset.transform is not None:
        made_of = ", ".join(_shown(*column) for column in sorted(whole))
        message = f"`{feature.column}` is made of all that the target is made of: {made_of}"
        return _leak(spec, composed, feature, "HR182", message, _CLEAR)
    for source, column in sorted(direct):
        if (known := _known_at(spec, source, column)) not in (None, _time_column(spec, source)):
            message = f"`{feature.column}` is made of `{_shown(source, column)}`, which is known only at `{known}`"
            return replace(_leak(spec, composed, feature, "HR185", message, _CLEAR), severity="warning")
    return _doubt(spec, composed, feature, target)


def _doubt(spec: Spec, composed: Composed, feature: _Feature, target: Origins) -> Diagnostic | None:
    unsure = [
        _shown(source, column)
        for source, column in sorted(feature.origins.columns("unknown"))
        if _known_at(spec, source, column) == OUTCOME or (source, column) in target.columns("direct")
    ]
    reason = feature.origins.untraced or (f"it sees rows of `{unsure[0]}` that cannot be told apart" if unsure else "")
    if reason:
        message = f"`{feature.column}` cannot be followed through the SQL: {reason}"
        remedy = "write TABLE.COLUMN, or declare the sources' `columns`; look yourself whether it is known in time"
        return replace(_leak(spec, composed, feature, "HR184", message, remedy), severity="warning")
    shared = feature.origins.columns("direct") & target.columns("direct") - _names(spec)
    if shared and spec.dataset.transform is not None:
        source, column = min(shared)
        message = f"`{feature.column}` and the target are both made of `{_shown(source, column)}`"
        remedy = f"if {column} is known only afterwards, declare known_at: {{{column}: outcome}} and delete the feature"
        return replace(_leak(spec, composed, feature, "HR183", message, remedy), severity="warning")
    return None


def _same(direct: frozenset[tuple[str, str]], target: Origins) -> bool:
    return bool(direct) and direct == target.columns("direct") and not target.untraced


def _names(spec: Spec) -> set[tuple[str, str]]:
    """Columns that say which row or when, and so are behind everything."""
    named = set(spec.dataset.row_id or ())
    times = {(name, source.time_column) for name, source in spec.dataset.sources.items() if source.time_column}
    return {(name, column) for name in spec.dataset.sources for column in named} | times


def _known_at(spec: Spec, source: str, column: str) -> str | None:
    """What `known_at` says of a column; without a transform there is one source, or none that is sure."""
    sources = [spec.dataset.sources[source]] if source in spec.dataset.sources else [*spec.dataset.sources.values()]
    for found in sources:
        for name, known in found.known_at.items():
            if name.casefold() == column.casefold():
                return known
    return None


def _time_column(spec: Spec, source: str) -> str | None:
    found = spec.dataset.sources.get(source) or next(iter(spec.dataset.sources.values()))
    return found.time_column


def _shown(source: str, column: str) -> str:
    return f"{source}.{column}" if source else column


def _leak(spec: Spec, composed: Composed, feature: _Feature, code: str, message: str, remedy: str) -> Diagnostic:
    """At the SQL where that gives the column its name, else at the feature."""
    place = composed.place_of(feature.path)
    transform, offset = spec.dataset.transform, feature.origins.offset
    if transform is None or transform.query is None or offset is None or feature.origins.passed_on:
        return composed.diagnostic(code, message, place, remedy)
    return transform_sql.at(
        composed, transform.query, offset, code, f"the feature {message} (named at {place})", remedy
    )


def _known_at_is_sound(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    from headrace.config.nearest import nearest, suggestion

    for name, source in spec.dataset.sources.items():
        for column, known in source.known_at.items():
            place = composed.place_of(f"dataset.sources.{name}.known_at.{column}")
            if known != OUTCOME and nearest(known, [OUTCOME], cutoff=0.7):
                yield composed.diagnostic(
                    "HR186", f"`{known}` is no column of time", place, suggestion(known, [OUTCOME])
                )
            elif known == column:
                message, remedy = f"`{column}` cannot be known at itself", f"write {OUTCOME}, or a column of time"
                yield composed.diagnostic("HR186", message, place, remedy)


RULES: tuple[Rule, ...] = (_nothing_of_the_future, _known_at_is_sound)
