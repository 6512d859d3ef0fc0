"""What becomes of each column: a feature, what names a row, or left out, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from headrace.scaffold.decide.leaks import leak
from headrace.scaffold.survey.columns import Understood

if TYPE_CHECKING:
    import polars as pl

Role = Literal["target", "numeric", "categorical", "time", "id", "group", "out"]

#: Text of more words than this on average, nearly every one different, is for reading.
_WORDS = 4.0
#: More rows than this for each different text, on average, and the texts are categories.
_ROWS_PER_CATEGORY = 3.0
MANY_CATEGORIES = 50
_ID_NAME = re.compile(
    r"(?:^|[_\s.-])(?:id|uuid|guid|key|index|idx|no|nr|number|code|rownames?|row|row_?names?|serial|record)$"
    r"|^(?:id|unnamed: 0|rownames?)"
    r"|(?<=[a-z])(?:ID|Id|No|Nr)$|ID$",
)
_GROUP_NAME = re.compile(
    r"(?:^|[_\s.-])(?:patient|subject|subj|user|customer|client|account|member|household|person|participant|"
    r"player|student|session|animal|rat|child|mother|family)s?(?:$|[_\s.-]?(?:id|no|nr|number|key|code)$)"
    r"|^(?:id|subject|patient|person|user)$|(?:patient|subject|user|customer|person|student|household)(?:ID|Id|No)$"
    r"|^nr$",
    re.IGNORECASE,
)
#: How many there are, not who: `num_accounts`, `total_students`; and of whole numbers, `accounts` too.
_COUNT_NAME = re.compile(r"^(?:n|nb|num|number|cnt|count|total|sum|avg|mean|max|min)[_\s.-]", re.IGNORECASE)
_PLURAL = re.compile(r"(?:s|children|people|families)$", re.IGNORECASE)
_FEWEST_GROUPS = 20


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """What a column is for."""

    name: str
    role: Role
    why: str = ""


def choose_columns(table: Understood, target: str, task: str) -> list[ColumnChoice]:
    """A choice for every column, in their order."""
    frame = table.frame
    choices = [ColumnChoice(target, "target")]
    seen: dict[int, str] = {}
    for name in frame.columns:
        if name == target:
            continue
        twin = _twin(frame, name, seen)
        if twin is not None:
            choices.append(ColumnChoice(name, "out", f"the same as {twin} in every row"))
            continue
        choices.append(_choice(frame, name, target, task))
    order = {name: place for place, name in enumerate(frame.columns)}
    return _without_parts(frame, target, sorted(choices, key=lambda choice: order[choice.name]))


def _choice(frame: pl.DataFrame, name: str, target: str, task: str) -> ColumnChoice:
    values = frame[name]
    for role, why in _reasons(values, name):
        return ColumnChoice(name, role, why)
    if found := leak(values, frame[target], task):
        return ColumnChoice(name, "out", found)
    if values.dtype.is_temporal():
        return ColumnChoice(name, "time")
    if values.dtype.is_numeric() or _is_bool(values):
        return ColumnChoice(name, "numeric")
    distinct = values.drop_nulls().n_unique()
    why = f"{distinct} categories: the rare ones are treated as one" if distinct > MANY_CATEGORIES else ""
    return ColumnChoice(name, "categorical", why)


def _reasons(values: pl.Series, name: str) -> Iterator[tuple[Role, str]]:
    """Why a column cannot be a feature, whatever the target is."""
    import polars as pl

    known = values.drop_nulls()
    if values.dtype.is_float():
        known = known.drop_nans()
    if values.dtype.is_nested() or values.dtype in (pl.Binary, pl.Object, pl.Null, pl.Duration, pl.Time):
        yield ("out", "no values" if values.dtype == pl.Null else f"it holds {values.dtype}: no numbers, no categories")
        return
    if not len(known):
        yield "out", "no values"
        return
    distinct, rows = known.n_unique(), len(values)
    if distinct == 1:
        yield "out", f"always {str(known[0])[:40]!r}" + (" or missing" if len(known) < rows else "")
        return
    if len(known) < 0.01 * rows:
        yield "out", f"missing in {rows - len(known):,} of {rows:,} rows"
        return
    yield from _identifiers(known, name, distinct, rows)


def _identifiers(known: pl.Series, name: str, distinct: int, rows: int) -> Iterator[tuple[Role, str]]:
    import polars as pl

    is_text = known.dtype in (pl.String, pl.Categorical, pl.Enum)
    is_whole = known.dtype.is_integer()
    is_unique = distinct == rows
    is_named = _ID_NAME.search(name) is not None
    if is_whole and is_unique and _counts(known):
        yield "id", "a row number, or nearly one: it says where a row stands, not what it is"
    elif is_whole and is_unique and (is_named or int(str(known.max())) - int(str(known.min())) < 1.5 * rows):
        yield "id", "different in every row: it names the row"
    elif is_whole and is_named and distinct > 0.9 * rows:
        yield "out", "different in nearly every row: an identifier"
    elif (is_text or is_whole) and _groups(known, name, distinct, rows):
        yield "group", f"{distinct:,} of them come again in several rows"
    elif is_text:
        yield from _texts(known.cast(pl.String), distinct, rows, is_unique=is_unique)


def _texts(known: pl.Series, distinct: int, rows: int, *, is_unique: bool) -> Iterator[tuple[Role, str]]:
    words = float(str(known.head(5_000).str.count_matches(r"\S+").mean()))
    is_varied = distinct > 0.5 * len(known) or len(known) / distinct < _ROWS_PER_CATEGORY
    if words > _WORDS and is_varied and distinct > 20:
        yield "out", "text: use columns that are computed from it"
    elif is_unique and rows > 1:
        yield "id", "different in every row: a name"
    elif is_varied and distinct > 20:
        yield "out", f"{distinct:,} different texts in {len(known):,} rows: names rather than categories"


def _counts(known: pl.Series) -> bool:
    steps = known.diff().drop_nulls()
    return bool((steps == 1).mean() > 0.99 or (steps == -1).mean() > 0.99) if len(steps) else False  # type: ignore[operator]


def _groups(known: pl.Series, name: str, distinct: int, rows: int) -> bool:
    """Whether rows repeat an identifier of who or what they are about."""
    if _GROUP_NAME.search(name) is None or _COUNT_NAME.search(name) is not None or len(known) < rows:
        return False
    if known.dtype.is_integer() and _PLURAL.search(name) is not None:
        return False
    return _FEWEST_GROUPS <= distinct <= 0.67 * rows


def _is_bool(values: pl.Series) -> bool:
    import polars as pl

    return values.dtype == pl.Boolean


def _twin(frame: pl.DataFrame, name: str, seen: dict[int, str]) -> str | None:
    """An earlier column with equal values; `seen` is added to."""
    values = frame[name]
    if values.dtype.is_nested() or (not values.dtype.is_numeric() and str(values.dtype) not in ("String", "Boolean")):
        return None
    digest = hash((str(values.dtype), values.hash().head(100_000).to_numpy().tobytes()))
    earlier = seen.get(digest)
    if earlier is None:
        seen[digest] = name
        return None
    return earlier if frame[earlier].equals(values, null_equal=True) else None


def _without_parts(frame: pl.DataFrame, target: str, choices: list[ColumnChoice]) -> list[ColumnChoice]:
    """Leave out two columns whose sum is the target in every row."""
    if not frame[target].dtype.is_numeric() or frame[target].n_unique() < 20:
        return choices
    numeric = [choice.name for choice in choices if choice.role == "numeric"][:60]
    head = frame.head(200)
    for place, first in enumerate(numeric):
        for second in numeric[place + 1 :]:
            if not _adds_up(head, first, second, target) or not _adds_up(frame, first, second, target):
                continue
            if frame[first].n_unique() < 5 or frame[second].n_unique() < 5:
                continue
            why = f"{first} + {second} is {target} in every row: it would tell the answer"
            return [ColumnChoice(c.name, "out", why) if c.name in (first, second) else c for c in choices]
    return choices


def _adds_up(frame: pl.DataFrame, first: str, second: str, target: str) -> bool:
    total = frame[first].cast(float) + frame[second].cast(float)
    gap = (total - frame[target].cast(float)).abs().max()
    return gap is not None and float(str(gap)) < 1e-9
