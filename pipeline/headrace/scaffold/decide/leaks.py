"""Columns that tell the answer: they equal the target, or can be computed from it and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_NEARLY_ONE = 0.9999
#: With fewer rows or values, perfect agreement may be chance.
_FEWEST_ROWS = 20
_FEWEST_VALUES = 20


def leak(values: pl.Series, target: pl.Series, task: str) -> str:
    """Why a column gives the target away; empty if it does not."""
    import polars as pl

    pairs = pl.DataFrame({"value": values, "target": target}).drop_nulls()
    if pairs.height < max(_FEWEST_ROWS, 0.5 * len(values)):
        return ""
    if task == "regression":
        return _orders(pairs, target.name)
    return _renames(pairs, target.name)


def _orders(pairs: pl.DataFrame, target: str) -> str:
    """A number of the same order as the target, up or down, is a function of it."""
    if not pairs["value"].dtype.is_numeric() or not pairs["target"].dtype.is_numeric():
        return ""
    if pairs["value"].n_unique() < _FEWEST_VALUES:
        return ""
    import polars as pl

    rank = pairs.select(pl.corr("value", "target", method="spearman")).item()
    return (
        f"rises and falls with {target} in every row: it would tell the answer"
        if abs(rank or 0.0) > _NEARLY_ONE
        else ""
    )


def _renames(pairs: pl.DataFrame, target: str) -> str:
    """Each value stands with one label, and each label with one value."""
    labels = pairs["target"].n_unique()
    if pairs["value"].n_unique() != labels or labels < 2:
        return ""
    if pairs.n_unique() != labels:
        return ""
    return f"says the same as {target} in other words: it would tell the answer"
