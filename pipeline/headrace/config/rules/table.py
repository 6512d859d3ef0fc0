"""The table that is learned from: where its columns come from, and what is declared of their types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from headrace.config import transform_sql
from headrace.config.columns import of_source
from headrace.config.lineage import Origins, origins
from headrace.config.schema import Spec
from headrace.config.sql_calls import calls

OUTCOME = "outcome"


def can_be_read(spec: Spec) -> bool:
    """Whether the SQL, if there is any, is sound; what is wrong with it is said elsewhere, and once."""
    transform = spec.dataset.transform
    if transform is None:
        return True
    if transform.query is None:
        return False
    query = transform_sql.understand(transform.query)
    sources = {name.casefold() for name in spec.dataset.sources}
    known = all(table.name.casefold() in sources for table in query.tables)
    return known and not query.problem and not any(call.outside for call in calls(transform.query))


def table_origins(spec: Spec) -> Mapping[str, Origins] | None:
    """Column of the table that is learned from -> its origins; None where nothing is known of it."""
    transform = spec.dataset.transform
    if transform is None or transform.query is None:
        return {}
    times = {
        (name, column)
        for name, source in spec.dataset.sources.items()
        for column in (source.time_column, *source.known_at.values(), *_declared_times(spec, name))
        if column and column != OUTCOME
    }
    return origins(transform.query, {name: of_source(spec, name) for name in spec.dataset.sources}, times)


def _declared_times(spec: Spec, source: str) -> Iterator[str]:
    for column, kind in spec.dataset.sources[source].types.items():
        if kind in ("date", "datetime"):
            yield column


def declared_type(spec: Spec, column: str) -> str | None:
    """The type that rules or sources declare for a column of the table, also where SQL hands it on as it is."""
    rules = spec.validation.get("table")
    if rules and column in rules.columns and rules.columns[column].type:
        return rules.columns[column].type
    if spec.dataset.transform is None:
        only = [*spec.dataset.sources]
        return _type_in_source(spec, only[0], column) if len(only) == 1 else None
    table = (table_origins(spec) if can_be_read(spec) else None) or {}
    found = table.get(column)
    if found is None or not found.as_it_is or len(found.of) != 1:
        return None
    origin = next(iter(found.of))
    return _type_in_source(spec, origin.source, origin.column)


def _type_in_source(spec: Spec, source: str, column: str) -> str | None:
    rules = spec.validation.get(source)
    if rules and column in rules.columns and rules.columns[column].type:
        return rules.columns[column].type
    return spec.dataset.sources[source].types.get(column) if source in spec.dataset.sources else None
