"""The transform in SQL: one SELECT over the sources, on a DuckDB that can reach nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from headrace.config.nearest import suggestion
from headrace.config.schema.dataset import SqlTransform
from headrace.data.declared import repeated
from headrace.data.lineage import column_origins
from headrace.data.sql_query import KEY, Query, understand
from headrace.data.tables import ROWS_AT_ONCE, read_table, write_table
from headrace.data.transformed import Table, Transformed
from headrace.errors import DataError, StageError

_LINE = re.compile(r"^LINE (\d+): (.*)$", re.MULTILINE)
_EXAMPLES = 5
#: Out of memory or disk is not the query's fault, and may be different the next time.
_PASSING = (duckdb.OutOfMemoryException, duckdb.IOException, duckdb.InterruptException)
#: Numbers of SQL that machine learning does not have. A whole number that does not fit is an error.
_AS = {"hugeint": "BIGINT", "uhugeint": "BIGINT", "decimal": "DOUBLE"}


def run_sql(
    transform: SqlTransform, row_id: Sequence[str] | None, sources: Mapping[str, Path], out: Path
) -> Transformed:
    """Write `table.parquet`: the query's rows, ordered by `row_id` where that is declared.

    Equal sources give equal bytes. DataError with the SQL's line for what DuckDB refuses, for a result that is no
    table of its own (no rows, two columns of one name), and for a `row_id` that is missing or does not tell rows apart.
    """
    if transform.query is None:
        raise DataError("the transform has no SQL", remedy="write file: NAME.sql, or query: SELECT …", key=KEY)
    path = out / "table.parquet"
    with TemporaryDirectory(prefix=".sql-", dir=out) as spill, _isolated(sources, Path(spill)) as connection:
        try:
            query = understand(connection, transform.query)
            schemas = {name: _columns(connection.table(_quoted(name))) for name in sources}
            rows, columns = _write(connection, query, row_id, path)
        except _PASSING as error:
            raise StageError(f"DuckDB stopped: {error}", remedy="give it more memory or disk, and run again") from error
        except duckdb.Error as error:
            raise _refused(error) from error
    if not rows:
        path.unlink()
        raise DataError("the SQL gives no rows", remedy="look at its joins and conditions", key=KEY)
    if row_id:
        _check_row_id(path, row_id)
    return {"table": Table(rows, len(columns), column_origins(query.text, schemas, columns))}


@contextmanager
def _isolated(sources: Mapping[str, Path], spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the sources as views and nothing else: no files, network, extensions or Python objects."""
    paths = {name: _text(str(path.absolute())) for name, path in sources.items()}
    settings = {
        "TimeZone": "'UTC'",
        "temp_directory": _text(str(spill)),
        "autoload_known_extensions": "false",
        "autoinstall_known_extensions": "false",
        "allow_community_extensions": "false",
        "allowed_paths": f"[{', '.join(paths.values())}]",
        "enable_external_access": "false",
    }
    with duckdb.connect() as connection:
        for name, value in {_replacements(connection): "false", **settings}.items():
            connection.execute(f"SET {name} = {value}")
        for name, path in paths.items():
            connection.execute(f"CREATE VIEW {_quoted(name)} AS SELECT * FROM read_parquet({path})")  # noqa: S608
        yield connection


def _replacements(connection: duckdb.DuckDBPyConnection) -> str:
    """The setting that lets SQL see Python's variables: version 2 renamed it."""
    sql = "SELECT name FROM duckdb_settings() WHERE name LIKE 'python_enable_replacement%'"
    return str(connection.execute(sql).fetchall()[0][0])


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _columns(relation: duckdb.DuckDBPyRelation) -> dict[str, str]:
    return {name: str(kind) for name, kind in zip(relation.columns, relation.types, strict=True)}


def _write(
    connection: duckdb.DuckDBPyConnection, query: Query, row_id: Sequence[str] | None, path: Path
) -> tuple[int, list[str]]:
    """Rows and columns written. One thread where the result could depend on the order in which threads finish."""
    if not (row_id and query.is_order_free):
        connection.execute("SET threads = 1")
    connection.execute("SET lock_configuration = true")
    relation = connection.sql(query.text)
    columns = list(relation.columns)
    if twice := repeated(columns):
        raise DataError(f"the SQL gives two columns named {twice[0]}", remedy="name one of them with AS", key=KEY)
    relation = relation.project(", ".join(_plain(name, kind) for name, kind in _columns(relation).items()))
    if row_id:
        _check_named(row_id, columns)
        relation = relation.order(", ".join(_quoted(name) for name in row_id))
    reader = relation.to_arrow_reader(ROWS_AT_ONCE)
    try:
        return write_table(path, reader.schema, reader), columns
    except pa.ArrowNotImplementedError as error:
        raise DataError(
            f"the SQL gives a column that a table cannot hold: {error}",
            remedy="cast it, as in CAST(x AS VARCHAR) or epoch(x)",
            key=KEY,
        ) from error


def _plain(name: str, kind: str) -> str:
    wanted = _AS.get(kind.lower().partition("(")[0])
    quoted = _quoted(name)
    return quoted if wanted is None else f"CAST({quoted} AS {wanted}) AS {quoted}"


def _check_named(row_id: Sequence[str], columns: Sequence[str]) -> None:
    for name in row_id:
        if name not in columns:
            raise DataError(
                f"the table has no column {name}, which row_id names",
                remedy=suggestion(name, columns),
                key="dataset.row_id",
            )


def _check_row_id(path: Path, row_id: Sequence[str]) -> None:
    """In a table that is ordered by it, an id that comes twice stands beside itself."""
    import polars as pl

    ids = read_table(path, row_id)
    for name in row_id:
        if missing := ids[name].null_count():
            raise DataError(
                f"{name}, a part of row_id, is missing in {missing} of {ids.height} rows",
                remedy="leave such rows out in the SQL, or name rows by other columns",
                key="dataset.row_id",
            )
    repeats = ids.filter(pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in row_id))
    if repeats.height:
        shown = "; ".join(
            ", ".join(map(str, row)) for row in repeats.unique(maintain_order=True).head(_EXAMPLES).rows()
        )
        raise DataError(
            f"{', '.join(row_id)} do not name a row: {repeats.height} rows repeat another's id, as {shown}",
            remedy="add a column that tells them apart; or does a join repeat rows?",
            key="dataset.row_id",
        )


def _refused(error: duckdb.Error) -> DataError:
    """DuckDB's words: the cause, the line it shows, and its suggestion as the remedy."""
    text = str(error)
    place = _LINE.search(text)
    lines = [line for line in text[: place.start() if place else len(text)].splitlines() if line.strip()]
    cause = re.sub(r"^[A-Z][\w ]* Error: ", "", lines[0]) if lines else type(error).__name__
    where = f" (line {place[1]}: {place[2].strip()})" if place else ""
    return DataError(f"the SQL fails: {cause}{where}", remedy=" ".join(lines[1:]) or "correct the SQL", key=KEY)
