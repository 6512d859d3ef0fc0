"""Everything that is decided about a new pipeline, before it becomes files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from headrace.config.schema.dataset import Dataset, Source, SqlTransform
from headrace.config.schema.modelling import Features, Model
from headrace.scaffold.decide.columns import ColumnChoice
from headrace.scaffold.decide.split import SplitChoice
from headrace.scaffold.decide.target import TargetChoice
from headrace.scaffold.survey.number_text import quoted

#: At most this many parts of one time become features, and these are their SQL and meaning.
_PARTS = (
    ("year", "year({})", "the year"),
    ("month", "month({})", "1 to 12"),
    ("weekday", "isodow({})", "1 is Monday"),
    ("hour", "hour({})", "0 to 23"),
    ("days", "epoch({}) / 86400.0", "days since 1970: the trend"),
)


@dataclass(frozen=True, slots=True)
class Derived:
    """A feature that the SQL computes."""

    name: str
    sql: str
    note: str


@dataclass(frozen=True, slots=True)
class Draft:
    """The decisions. `source` already has its path in the project."""

    name: str
    source: Source
    source_notes: dict[str, tuple[str, ...]]
    rows: int
    columns: tuple[ColumnChoice, ...]
    target: TargetChoice
    sql: dict[str, str]
    """Column -> expression that reads it."""
    sql_notes: dict[str, str]
    derived: tuple[Derived, ...]
    row_id: str
    row_number: str | None
    """The name under which the source counts its rows, where no column names them."""
    split: SplitChoice | None = None
    model_option: str = ""
    model_changes: dict[str, Any] = field(default_factory=dict)
    model: Model | None = None
    model_notes: tuple[str, ...] = ()
    doubt: str = ""
    """Why a sound model may fail to beat guessing on the test rows; empty where it surely will."""

    @property
    def numeric(self) -> tuple[str, ...]:
        """Features that are numbers."""
        plain = tuple(column.name for column in self.columns if column.role == "numeric")
        return (*plain, *(part.name for part in self.derived))

    @property
    def categorical(self) -> tuple[str, ...]:
        """Features that are categories."""
        return tuple(column.name for column in self.columns if column.role == "categorical")

    @property
    def features(self) -> Features:
        """Both kinds, as the schema has them."""
        return Features(numeric=self.numeric, categorical=self.categorical)

    @property
    def needs_sql(self) -> bool:
        """Whether the file's own rows and columns are not enough."""
        return bool(self.sql or self.derived or self.target.missing or self.target.rare)

    @property
    def kept(self) -> tuple[str, ...]:
        """The columns of the table: what names, orders or groups rows, the features, the target."""
        wanted = {self.row_id, self.target.column, *self.features.names}
        if self.split is not None:
            wanted.add(getattr(self.split.split, "column", None) or self.target.column)
        own = [column.name for column in self.columns if column.name in wanted]
        return tuple(dict.fromkeys([*([self.row_id] if self.row_id == self.row_number else []), *own]))

    def query(self) -> str:
        """The SQL of the transform, with a remark beside what is not plain."""
        lines = [self._column_line(name) for name in self.kept]
        lines += [(f"{part.sql} AS {quoted(part.name)}", part.note) for part in self.derived]
        body = [
            f"  {text}{',' if place < len(lines) else ''}" + (f"  -- {_remark(note)}" if note else "")
            for place, (text, note) in enumerate(lines, 1)
        ]
        return "\n".join(["SELECT", *body, f"FROM {quoted(self.name)}", *self._where()]) + "\n"

    def _column_line(self, name: str) -> tuple[str, str]:
        if name in self.sql:
            return f"{self.sql[name]} AS {quoted(name)}", self.sql_notes[name]
        return quoted(name), ""

    def _where(self) -> list[str]:
        name = self.sql.get(self.target.column, quoted(self.target.column))
        conditions = []
        if self.target.missing:
            conditions.append((f"{name} IS NOT NULL", f"{self.target.missing:,} rows have no target"))
        if self.target.rare:
            listed = ", ".join(_literal(value) for value in self.target.rare)
            conditions.append((f"{name} NOT IN ({listed})", "labels of too few rows to learn from and to test on"))
        words = ("WHERE", *("  AND" for _ in conditions[1:]))
        return [f"{word} {text}  -- {note}" for word, (text, note) in zip(words, conditions, strict=False)]

    def dataset(self, *, with_query: bool) -> Dataset:
        """The dataset as the schema has it; the SQL itself in it, or the name of its file."""
        source = self.source.model_copy(update={"row_number": self.row_number})
        transform = None
        if self.needs_sql:
            sql = SqlTransform(type="sql", query=self.query())
            transform = sql if with_query else SqlTransform(type="sql", file=f"{self.name}.sql")
        return Dataset(sources={self.name: source}, transform=transform, row_id=(self.row_id,))


def time_parts(name: str, expression: str, frame: Any) -> list[Derived]:
    """The parts of a time that differ between rows. `frame` has the column as a time."""
    import polars as pl

    values = frame[name]
    ways = {
        "year": values.dt.year(),
        "month": values.dt.month(),
        "weekday": values.dt.weekday(),
        "hour": None if values.dtype == pl.Date else values.dt.hour(),
        "days": values,
    }
    taken = set(frame.columns)
    parts = []
    for part, sql, note in _PARTS:
        way = ways[part]
        if way is not None and way.n_unique() > 1:
            label = f"{name}_{part}"
            while label in taken:
                label += "_"
            parts.append(Derived(label, sql.format(expression), note))
    return parts


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"


def _remark(note: str) -> str:
    return " ".join(note.split())
