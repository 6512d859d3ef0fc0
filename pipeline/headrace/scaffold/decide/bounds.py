"""Rules that the table at hand meets, and the next one should: with slack, never fitted to the last digit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from headrace.scaffold.decide.draft import Draft

if TYPE_CHECKING:
    import polars as pl

_MOST_VALUES = 6
#: A list of values is taken for closed if each of them has at least this share of the rows.
_CLOSED = 0.02
_MOST_LABELS = 20
_LEAST_SLACK = 0.05
#: With more features than this, numbers get no bounds: a page of them would be read by nobody.
_MOST_BOUNDED = 60


def column_rules(draft: Draft, table: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """Column of the table -> its rules. `table` is what the pipeline learns from, or the training part of it."""
    rules: dict[str, dict[str, Any]] = {}
    for name in table.columns:
        found = _rules(draft, name, table[name])
        if found:
            rules[name] = found
    return rules


def least_rows(rows: int) -> int:
    """Half of what there is, in round numbers."""
    return max(20, _down(rows / 2))


def _rules(draft: Draft, name: str, values: pl.Series) -> dict[str, Any]:
    if name == draft.row_number or name in {part.name for part in draft.derived}:
        return {}  # what the SQL computes is right if its source is
    if name == draft.target.column:
        return {"nullable": False, **_of_target(draft, values)}
    if name not in draft.features.names:
        return {}
    rules = _missing(values)
    if name in draft.categorical:
        rules |= _closed(values)
    elif len(draft.features.names) <= _MOST_BOUNDED:
        rules |= _bounds(values)
    if "values" in rules or "min" in rules or "max" in rules:
        rules["severity"] = "warn"
    return rules


def _of_target(draft: Draft, values: pl.Series) -> dict[str, Any]:
    """A label that was never seen is an error; a number may go further."""
    if draft.target.labels is None or values.dtype.is_float():
        return {}
    if str(values.dtype) == "Boolean":
        return {"type": "bool"}
    labels = sorted(draft.target.labels)
    return {"values": labels} if len(labels) <= _MOST_LABELS else {}


def _missing(values: pl.Series) -> dict[str, Any]:
    import polars as pl

    if not len(values):
        return {}
    known = values.fill_nan(None) if values.dtype in (pl.Float32, pl.Float64) else values
    share = known.null_count() / len(values)
    allowed = max(2 * share, share + _LEAST_SLACK)
    return {} if allowed >= 0.9 else {"max_null_share": math.ceil(allowed * 20 - 1e-9) / 20}


def _closed(values: pl.Series) -> dict[str, Any]:
    counts = values.drop_nulls().value_counts()
    few = counts.height <= _MOST_VALUES and str(values.dtype) == "String"
    if not few or float(str(counts["count"].min())) < _CLOSED * len(values):
        return {}
    return {"values": sorted(counts[str(values.name)].to_list())}


def _bounds(values: pl.Series) -> dict[str, Any]:
    if not values.dtype.is_numeric():
        return {}
    low, high = float(str(values.min())), float(str(values.max()))
    if not math.isfinite(low) or not math.isfinite(high):
        return {}
    slack = max(high - low, abs(high) * 0.1) / 2
    least = 0 if 0 <= low < slack else _round(low - slack, up=False)
    most = 0 if -slack < high <= 0 else _round(high + slack, up=True)
    return {"min": least, "max": most}


def _round(value: float, *, up: bool) -> float | int:
    """Outward to two digits."""
    if value == 0:
        return 0
    size = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    scaled = math.ceil(value / size) if up else math.floor(value / size)
    rounded = float(f"{scaled * size:.3g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def _down(value: float) -> int:
    size = int(10 ** max(0, len(str(int(value))) - 2))
    return int(value) // size * size
