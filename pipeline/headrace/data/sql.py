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
from headrace.config.schema.dataset import SqlLimits, SqlTransform
from headrace.config.schema.strict import seconds
from headrace.data.declared import repeated
from headrace.data.lineage import column_origins
from headrace.data.sql_query import KEY, Query, understand
from headrace.data.tables import ROWS_AT_ONCE, read_table, write_table
from headrace.data.transformed import Table, Transformed
from headrace.errors import DataError, HeadraceError, StageError

_LIMITS = "dataset.transform.limits"
_ALLOW_MORE = "look for a join or a recursion that repeats rows; or allow more under dataset.transform.limits"
_LINE = re.compile(r"^LINE (\d+): (.*)$", re.MULTILINE)
_EXAMPLES = 5
#: Out of memory or disk is not the query's fault, and may be different the next time.
_PASSING = ("Out of Memory Error:", "IO Error:", "INTERRUPT Error:")
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
    try:
        return {"table": _made(transform, transform.query, row_id, sources, path)}
    except HeadraceError:
        path.unlink(missing_ok=True)
        raise


def _made(
    transform: SqlTransform, text: str, row_id: Sequence[str] | None, sources: Mapping[str, Path], path: Path
) -> Table:
    limits = transform.limits
    with (
        TemporaryDirectory(prefix=".sql-", dir=path.parent) as spill,
        _isolated(sources, Path(spill), limits) as connection,
        _stopped_after(limits, connection),
    ):
        try:
            query = understand(connection, text)
            schemas = {name: _columns(connection.table(_quoted(name))) for name in sources}
            rows, columns = _write(connection, query, row_id, path, transform)
        except duckdb.Error as error:
            raise _refused(error, text) from error
    _check_rows(path, rows, row_id or ())
    return Table(rows, len(columns), column_origins(query.text, schemas, columns))


@contextmanager
def _isolated(sources: Mapping[str, Path], spill: Path, limits: SqlLimits) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the sources as views and nothing else: no files, network, extensions or Python objects."""
    paths = {name: _text(str(path.absolute())) for name, path in sources.items()}
    settings = {
        "TimeZone": "'UTC'",
        "temp_directory": _text(str(spill)),
        "max_temp_directory_size": _text(limits.disk),
        **({"memory_limit": _text(limits.memory)} if limits.memory else {}),
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
            table = f"read_parquet({path}, hive_partitioning = false)"  # a folder above may be called x=1
            connection.execute(f"CREATE VIEW {_quoted(name)} AS SELECT * FROM {table}")  # noqa: S608
        yield connection


@contextmanager
def _stopped_after(limits: SqlLimits, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Stop whatever the connection does when the time is up; DataError then, since it would be so again."""
    from threading import Event, Timer

    is_late = Event()

    def stop() -> None:
        is_late.set()
        connection.interrupt()

    timer = Timer(seconds(limits.time), stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    except HeadraceError as error:
        if is_late.is_set():
            message = f"the SQL did not end within {limits.time}"
            raise DataError(message, remedy=_ALLOW_MORE, key=_LIMITS) from error
        raise
    finally:
        timer.cancel()
        timer.join()


def _bytes(size: str) -> int:
    return int(size[:-2]) * {"MB": 10**6, "GB": 10**9}[size[-2:]]


def _replacements(connection: duckdb.DuckDBPyConnection) -> str:
    """The setting that lets SQL see Python's variables: version 2 renamed it."""
    sql = "SELECT name FROM duckdb_settings() WHERE name LIKE 'python_enable_replacement%'"
    return str(connection.execute(sql).fetchall()[0][0])


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _columns(relation: duckdb.DuckDBPyRelation) -> dict[str, str]:
    if twice := repeated(relation.columns):
        raise DataError(f"the SQL gives two columns named {twice[0]}", remedy="name one of them with AS", key=KEY)
    return {name: str(kind) for name, kind in zip(relation.columns, relation.types, strict=True)}


def _whole(text: str, columns: Mapping[str, str], row_id: Sequence[str]) -> str:
    """The query with its numbers made plain and its rows in order; its first line is the second."""
    projection = ", ".join(_plain(name, kind) for name, kind in columns.items())
    order = f"ORDER BY {', '.join(_quoted(name) for name in row_id)}" if row_id else ""
    return f"SELECT {projection} FROM (\n{text}\n) {order}"  # noqa: S608 - it may only SELECT, and reach nothing


def _write(
    connection: duckdb.DuckDBPyConnection,
    query: Query,
    row_id: Sequence[str] | None,
    path: Path,
    transform: SqlTransform,
) -> tuple[int, list[str]]:
    """Rows and columns written. One thread where the result could depend on the order in which threads finish."""
    if not (row_id and query.is_order_free):
        connection.execute("SET threads = 1")
    connection.execute("SET lock_configuration = true")
    values, most = dict(transform.parameters) or None, _bytes(transform.limits.disk)
    found = _columns(
        connection.sql(query.text, params=values)
    )  # binds the query as it is written, so that errors have its lines
    columns = list(found)
    if row_id:
        _check_named(row_id, columns)
    whole = connection.sql(_whole(query.text, found, row_id or ()), params=values)
    reader = whole.to_arrow_reader(ROWS_AT_ONCE)
    try:
        return write_table(path, reader.schema, _bounded(_batches(reader, query.text), path, most)), columns
    except pa.ArrowNotImplementedError as error:
        raise DataError(
            f"the SQL gives a column that a table cannot hold: {error}",
            remedy="cast it, as in CAST(x AS VARCHAR) or epoch(x)",
            key=KEY,
        ) from error


def _bounded(batches: Iterator[pa.RecordBatch], path: Path, most: int) -> Iterator[pa.RecordBatch]:
    """The batches, until the file that they are written to is larger than that many bytes."""
    for batch in batches:
        yield batch
        if path.exists() and path.stat().st_size > most:
            raise DataError("the SQL's table is larger than limits.disk", remedy=_ALLOW_MORE, key=_LIMITS)


def _batches(reader: pa.RecordBatchReader, query: str) -> Iterator[pa.RecordBatch]:
    """The rows as they are made; Arrow knows DuckDB's errors only as errors of reading."""
    try:
        yield from reader
    except (OSError, pa.ArrowException) as error:
        raise _refused(error, query) from error


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


def _check_rows(path: Path, rows: int, row_id: Sequence[str]) -> None:
    """In a table that is ordered by it, an id that comes twice stands beside itself."""
    import polars as pl

    if not rows:
        raise DataError("the SQL gives no rows", remedy="look at its joins and conditions", key=KEY)
    if not row_id:
        return
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


def _refused(error: Exception, query: str) -> HeadraceError:
    """DuckDB's words: the cause, the line it shows, and its suggestion as the remedy."""
    text = str(error)
    if text.startswith(_PASSING):
        return StageError(f"DuckDB stopped: {text}", remedy="give it more memory or disk, and run again")
    place = _LINE.search(text)
    lines = [line for line in text[: place.start() if place else len(text)].splitlines() if line.strip()]
    cause = re.sub(r"^[A-Z][\w ]* Error: ", "", lines[0]) if lines else type(error).__name__
    where = _where(int(place[1]), place[2].strip(), query) if place else ""
    return DataError(f"the SQL fails: {cause}{where}", remedy=" ".join(lines[1:]) or "correct the SQL", key=KEY)


def _where(line: int, shown: str, query: str) -> str:
    """The line that DuckDB shows, numbered as in the query: while it runs, another line stands above it."""
    part = shown.removeprefix("...").removesuffix("...").strip()
    numbers = [number for number, text in enumerate(query.splitlines(), 1) if part and part in text]
    nearest = min(numbers, key=lambda number: abs(number - line), default=None)
    return "" if nearest is None else f" (line {nearest}: {part})"
