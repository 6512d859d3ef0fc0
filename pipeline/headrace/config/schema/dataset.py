"""Where tables come from and how they become the one table that a model learns from."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from headrace.config.schema.holes import Condition, Scalar
from headrace.config.schema.strict import Duration, Names, Part

_SIZE = re.compile(r"[1-9][0-9]{0,5}(?:MB|GB)")
ColumnType = Literal["string", "int", "float", "bool", "date", "datetime"]


class _Source(Part):
    path: str
    """A path or glob, relative to the project, or `pkg://PACKAGE/FILE` for a file that an installed package ships.

    Example: `data/flights-*.csv`, or `pkg://sklearn/datasets/data/wine_data.csv`
    """
    columns: Names | None = None
    """CSV: names of the columns, for a file without a header. Parquet: the columns to read.

    Example: `[age, bmi, progression]`
    """
    types: dict[str, ColumnType] = Field(default_factory=dict)
    """Types that are declared rather than inferred, by column.

    Example: `{cultivar: string}`
    """
    time_column: str | None = None
    """The column that says when a row became known: a run sees only rows before its `as_of`.

    Example: `time_hour`
    """
    known_at: dict[str, str] = Field(default_factory=dict)
    """When a column's value is known, for what is known later than the rest of its row: `outcome` for what only the
    event itself tells, or the column of this source that holds the time. Features may not be made of it.

    Example: `{arr_delay: outcome}`
    """
    row_number: str | None = None
    """Adds a column of this name that counts the rows from 1.

    Example: `patient`
    """


class CsvSource(_Source):
    """Comma-separated text: plain, zipped (one member) or gzipped."""

    type: Literal["csv"]
    """Comma-separated text."""
    separator: str = ","
    r"""The character between two fields; `blanks` for any number of spaces and tabs, as where columns are padded.

    Example: `";"`, `"\t"`, or `blanks`
    """
    quote: str = '"'
    """The character around a field that holds separators or line ends.

    Example: `"'"`
    """
    encoding: str = "utf-8"
    """How bytes become characters: a name that Python knows.

    Example: `utf-8`, or `latin-1`
    """
    header: bool = True
    """Whether the first line names the columns; without one, `columns` names them.

    Example: `false`
    """
    skip_rows: Annotated[int, Field(ge=0)] = 0
    """Lines to leave out at the top, before the header.

    Unit: lines
    Example: `1`
    """
    decimal: Literal[".", ","] = "."
    """The sign before a number's decimals."""
    null_values: Names = ("",)
    """Texts that mean "no value"; the empty field always does.

    Example: `[NA, "?"]`
    """


class ParquetSource(_Source):
    """Parquet files of one schema."""

    type: Literal["parquet"]
    """Parquet, whose files carry their own types."""


Source = Annotated[CsvSource | ParquetSource, Field(discriminator="type")]


def _size(value: str) -> str:
    if not _SIZE.fullmatch(value):
        raise ValueError(f"{value!r} is not a size: write a number and MB or GB, as in 4GB")
    return value


#: An amount of memory or disk, as in `4GB`.
Size = Annotated[str, AfterValidator(_size)]


class SqlLimits(Part):
    """How far a query may go before it is stopped."""

    time: Duration = "30m"
    """The longest that the query may run."""
    memory: Size | None = None
    """Memory of the query, as in 4GB; past it, DuckDB works on disk. Four fifths of the machine's if not given."""
    disk: Size = "20GB"
    """Disk for what does not fit into memory, and for the table that comes out."""


class SqlTransform(Part):
    """One SELECT over the named sources, run on DuckDB without access to anything else."""

    type: Literal["sql"]
    """A SELECT in DuckDB's SQL."""
    file: str | None = None
    """The SQL file, beside the dataset's YAML file.

    Example: `flights.sql`
    """
    query: str | None = None
    """The SQL itself; filled from `file` when the pipeline is compiled.

    Example: `SELECT * FROM flights WHERE NOT cancelled`
    """
    parameters: dict[str, Scalar] = Field(default_factory=dict)
    """Values for the query's `$NAME`. They reach the database beside the SQL, never as a part of it.

    Example: `{carrier: UA}`
    """
    limits: SqlLimits = SqlLimits()
    """How far the query may go before it is stopped."""


Transform = SqlTransform


class Dataset(Part):
    """Named sources, and the transform that joins them."""

    sources: dict[str, Source] = Field(min_length=1)
    """Tables by the name under which SQL, validation and reports know them.

    Example: `{flights: {type: csv, path: data/flights.csv}}`
    """
    transform: Transform | None = None
    """How the sources become one table; not needed where there is one source.

    Example: `{type: sql, file: flights.sql}`
    """
    where: dict[str, Condition] = Field(default_factory=dict)
    """Which rows of the table are split and learned from: those where each column equals its value, or one of several.

    Example: `{carrier: UA}`, or `{origin: [EWR, JFK], cancelled: false}`
    """
    row_id: Annotated[
        Names | None,
        BeforeValidator(lambda v: [v] if isinstance(v, str) else v, json_schema_input_type=str | list[str] | None),
    ] = None
    """Columns that name a row of the table for good; random splits hash them.

    Example: `[flight_date, origin, flight]`
    """
