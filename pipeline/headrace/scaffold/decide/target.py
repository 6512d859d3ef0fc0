"""What is predicted: the task, the event of a binary target, and the rows that can teach it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headrace.config.nearest import suggestion
from headrace.config.schema.modelling import Task
from headrace.scaffold.refusal import COLUMN, ROWS, TARGET, TASK, RefusalError

if TYPE_CHECKING:
    import polars as pl

FEWEST_ROWS = 30
_MOST_LABELS = 100
#: Whole numbers with more values than this are quantities.
_FEW_NUMBERS = 10
_RARE = 0.1
_QUANTITY = re.compile(
    r"quality|rating|score|stars?$|grade|rank|count|cnt|number|^n_|num|age$|years?$|rings|price|amount|level|points|"
    r"satisfaction|severity|visits|doctor|claims|freq|delay|days|hours|minutes",
    re.IGNORECASE,
)
_EVENTS = (
    "true", "yes", "y", "t", "1", "1.0", "positive", "pos", "p", "malignant", "m", "bad", "default", "churn",
    "churned", "fraud", "spam", "died", "dead", "deceased", "failed", "failure", "sick", "present", "attack",
    "abnormal", "success", "won", "win", ">50k", ">50k.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TargetChoice:
    """The target, and why it is taken for what it is."""

    column: str
    task: Task
    positive: Any = None
    labels: dict[Any, int] | None = None
    """Classification: how many rows have each label."""
    missing: int = 0
    rare: tuple[Any, ...] = ()
    """Labels of too few rows to learn from and to test on: their rows are left out."""
    notes: tuple[str, ...] = ()


def find_column(column: str, columns: list[str]) -> None:
    """RefusalError, with the nearest name, if the table has no such column."""
    if column in columns:
        return
    raise RefusalError(COLUMN, f"the table has no column {column}", suggestion(column, columns) or "name another file")


def choose_target(values: pl.Series, asked: Task | None) -> TargetChoice:
    """The task that fits a target, or the one asked for; RefusalError if nothing can be learned from it."""
    name = str(values.name)
    known = values.drop_nulls()
    if values.dtype.is_float():
        known = known.drop_nans()
    _check(name, values, known)
    task, why = (asked, "as asked") if asked else _guess(name, known)
    notes = [f"task: {why}"]
    missing = len(values) - len(known)
    if missing:
        notes.append(f"{name} is missing in {missing:,} of {len(values):,} rows: they are left out")
    if task == "regression":
        return _regression(name, known, missing, notes)
    return _classification(name, known, task, missing, notes)


def _check(name: str, values: pl.Series, known: pl.Series) -> None:
    import polars as pl

    if values.dtype.is_nested() or values.dtype.is_temporal() or values.dtype in (pl.Binary, pl.Object):
        kind = "dates or times" if values.dtype.is_temporal() else str(values.dtype)
        raise RefusalError(TARGET, f"the target {name} holds {kind}", "predict a number, or a label computed from it")
    if not len(known):
        raise RefusalError(TARGET, f"the target {name} has no values", "name another --target")
    if known.n_unique() == 1:
        message = f"the target {name} is always {str(known[0])!r}: there is nothing to learn"
        raise RefusalError(TARGET, message, "name another --target, or a file with other rows too")
    if len(known) < FEWEST_ROWS:
        missing = len(values) - len(known)
        without = f" (it is missing in {missing:,} of {len(values):,})" if missing else ""
        message = f"{len(known)} rows have {name}{without}, and a model needs at least {FEWEST_ROWS}"
        raise RefusalError(ROWS, message, "get more rows")


def _guess(name: str, known: pl.Series) -> tuple[Task, str]:
    import polars as pl

    distinct = known.n_unique()
    if distinct == 2:
        return "binary", f"{name} has two values"
    if known.dtype in (pl.String, pl.Categorical, pl.Enum):
        return "multiclass", f"{name} has {distinct} labels"
    is_whole = known.dtype.is_integer() or bool((known == known.floor()).all())
    if not is_whole:
        return "regression", f"{name} has numbers with fractions"
    if distinct > _FEW_NUMBERS:
        return "regression", f"{name} has {distinct:,} different whole numbers"
    if _QUANTITY.search(name):
        return "regression", (
            f"{name} has only {distinct} values, but they are in order, as its name says; "
            "task: multiclass would treat them as unordered labels"
        )
    return (
        "multiclass",
        f"{name} has {distinct} values, taken for labels; task: regression would treat them as quantities",
    )


def _regression(name: str, known: pl.Series, missing: int, notes: list[str]) -> TargetChoice:
    if not known.dtype.is_numeric():
        what = "text" if str(known.dtype) == "String" else str(known.dtype)
        raise RefusalError(TASK, f"the target {name} holds {what}, and a regression needs numbers", "leave --task out")
    if bool(known.is_infinite().any()):
        raise RefusalError(TARGET, f"the target {name} has infinite values", "leave those rows out of the file")
    skew = float(str(known.cast(float).skew() or 0.0))
    low = float(str(known.min()))
    if skew > 2 and low >= 0:
        notes.append(f"{name} is skewed (many small values, few large): a model of its logarithm may do better")
    return TargetChoice(name, "regression", missing=missing, notes=tuple(notes))


def _classification(name: str, known: pl.Series, task: Task, missing: int, notes: list[str]) -> TargetChoice:
    import polars as pl

    counts = known.value_counts(sort=True)
    labels = dict(zip(counts[name].to_list(), counts["count"].to_list(), strict=True))
    if known.dtype in (pl.String, pl.Categorical, pl.Enum) and len(labels) > min(_MOST_LABELS, 0.5 * len(known)):
        message = f"the target {name} has {len(labels):,} different texts in {len(known):,} rows: names, not labels"
        raise RefusalError(TARGET, message, "name another --target, or group the labels first")
    if task == "binary" and len(labels) != 2:
        raise RefusalError(TASK, f"{name} has {len(labels)} values, and a binary target has two", "leave --task out")
    if len(labels) > _MOST_LABELS:
        message = f"{name} has {len(labels):,} values, and {_MOST_LABELS} labels are the most"
        raise RefusalError(TASK, message, "ask for --task regression, or group the labels first")
    if task == "multiclass":
        return TargetChoice(name, task, labels=labels, missing=missing, notes=tuple(notes))
    positive, why = _event(labels)
    notes.append(f"positive: {positive!r} counts as the event, {why}")
    share = min(labels.values()) / len(known)
    if share < _RARE:
        notes.append(f"imbalanced: {share:.2%} of the rows have the rarer value, so accuracy says little")
    return TargetChoice(name, task, positive, labels, missing, notes=tuple(notes))


def _event(labels: dict[Any, int]) -> tuple[Any, str]:
    """The value that counts as the event."""
    named = [value for value in labels if str(value).strip().lower() in _EVENTS]
    if not any(isinstance(value, str) for value in labels) and not {0, 1} <= set(labels) and not {-1, 1} <= set(labels):
        named = []  # 1 and 2 are codes: neither says what it means
    if len(named) == 1:
        return named[0], "by its name"
    rarer = min(labels, key=lambda value: labels[value])
    return rarer, "a guess, the rarer of the two; write the other one if that is the event"
