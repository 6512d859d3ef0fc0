"""What a source declares of its columns, held against the columns that it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headrace.config.nearest import suggestion
from headrace.config.schema.dataset import Source
from headrace.errors import DataError


def check_declared(name: str, source: Source, columns: Sequence[str]) -> None:
    """DataError where a source speaks of a column that it does not have, or adds one that it has."""
    for key, column in _named(source):
        if column not in columns:
            raise DataError(
                f"source {name}: there is no column {column}",
                remedy=suggestion(column, columns),
                key=f"dataset.sources.{name}.{key}",
            )
    if source.row_number in columns:
        raise DataError(
            f"source {name}: there already is a column {source.row_number}",
            remedy="choose another name for the row numbers",
            key=f"dataset.sources.{name}.row_number",
        )


def _named(source: Source) -> Iterator[tuple[str, str]]:
    yield from ((f"types.{column}", column) for column in source.types)
    if source.time_column is not None:
        yield "time_column", source.time_column


def repeated(columns: Sequence[str]) -> list[str]:
    """Names that come more than once; SQL takes upper and lower case for equal."""
    lower = [column.lower() for column in columns]
    return [column for place, column in enumerate(columns) if column.lower() in lower[:place]]
