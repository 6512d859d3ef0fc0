"""Columns that the configuration names but that surely will not be there.

Known without data are: a source's declared columns, and the names that a SELECT gives its result,
those of `*` where its tables are known.
"""

from __future__ import annotations

from collections.abc import Iterator

from headrace.config.composed import Composed
from headrace.config.lineage import absent, outputs_of
from headrace.config.nearest import nearest, suggestion
from headrace.config.schema import Spec
from headrace.config.transform_sql import at, understand
from headrace.errors import Diagnostic


def of_source(spec: Spec, name: str) -> tuple[str, ...] | None:
    """The columns of a source; None where only the file knows them."""
    source = spec.dataset.sources[name]
    if source.columns is None:
        return None
    return (*source.columns, source.row_number) if source.row_number else source.columns


def of_table(spec: Spec) -> tuple[str, ...] | None:
    """The columns of the table that is learned from; None where they are not known."""
    transform = spec.dataset.transform
    if transform is not None:
        if not transform.query or understand(transform.query).problem:
            return None
        known = {name: of_source(spec, name) for name in spec.dataset.sources}
        return understand(transform.query).columns or outputs_of(transform.query, known)
    return of_source(spec, next(iter(spec.dataset.sources))) if len(spec.dataset.sources) == 1 else None


def problems(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Every named column that is surely absent, at the place where it is named."""
    for name in spec.dataset.sources:
        yield from _absent(of_source(spec, name), _named_in_source(spec, name), f"source `{name}`", composed)
    yield from _absent(of_table(spec), _named_in_table(spec), "table", composed)
    yield from _absent_in_sql(spec, composed)


def _absent_in_sql(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    transform = spec.dataset.transform
    if transform is None or transform.query is None:
        return
    known = {name: of_source(spec, name) for name in spec.dataset.sources}
    for found in absent(transform.query, known):
        message = f"{found.table} has no column `{found.column}`"
        remedy = suggestion(found.column, found.known)
        yield at(composed, transform.query, found.offset, "HR160", message, remedy)


def _absent(
    known: tuple[str, ...] | None, named: Iterator[tuple[str, str]], what: str, composed: Composed
) -> Iterator[Diagnostic]:
    if known is None:
        return
    # DuckDB keeps a column's own spelling when SQL spells it in another case: only the letters count here.
    folded = {column.casefold() for column in known}
    for path, column in named:
        if column.casefold() not in folded:
            place = composed.key_of(path) if path.rpartition(".")[2] == column else composed.place_of(path)
            yield composed.diagnostic("HR160", f"the {what} has no column `{column}`", place, suggestion(column, known))


def _named_in_source(spec: Spec, name: str) -> Iterator[tuple[str, str]]:
    source, path = spec.dataset.sources[name], f"dataset.sources.{name}"
    if source.time_column:
        yield f"{path}.time_column", source.time_column
    for column in source.types:
        yield f"{path}.types.{column}", column
    for column, known in source.known_at.items():
        yield f"{path}.known_at.{column}", column
        if not nearest(known, ["outcome"], cutoff=0.7):  # a misspelt `outcome` is told elsewhere
            yield f"{path}.known_at.{column}", known
    yield from _named_in_rules(spec, name)


def _named_in_rules(spec: Spec, table: str) -> Iterator[tuple[str, str]]:
    rules = spec.validation.get(table)
    if rules is None:
        return
    for column in rules.columns:
        yield f"validation.{table}.columns.{column}", column
    for index, column in enumerate(rules.unique or ()):
        yield f"validation.{table}.unique.{index}", column


def _named_in_table(spec: Spec) -> Iterator[tuple[str, str]]:
    for index, column in enumerate(spec.dataset.row_id or ()):
        # A single name may stand without a list.
        yield f"dataset.row_id.{index}", column
    for column in spec.dataset.where:
        yield f"dataset.where.{column}", column
    yield from _named_in_rules(spec, "table")
    if spec.target:
        yield "target.column", spec.target.column
    for kind in ("numeric", "categorical"):
        for index, column in enumerate(getattr(spec.features, kind, ())):
            yield f"features.{kind}.{index}", column
    split_column: str | None = getattr(spec.split, "column", None)
    if split_column:
        yield "split.column", split_column
