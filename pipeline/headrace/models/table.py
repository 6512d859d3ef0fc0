"""A part of the split table as a model sees it: declared columns only, and the target as codes or numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from headrace.config.schema.modelling import Features, Target, Task
from headrace.errors import DataError
from headrace.models.spelling import did_you_mean
from headrace_features.columns import InputError, typed_columns

MAX_LABELS = 100
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Labels:
    """The values of a classification target, by code: [negative, positive], or all of them in sorted order."""

    values: tuple[Any, ...]

    def codes(self, column: pd.Series[Any]) -> npt.NDArray[np.int64]:
        """Code of each value; -1 where it is none of the labels."""
        index = pd.Index(list(self.values), dtype=object)
        return np.asarray(index.get_indexer(pd.Index(_plain(column), dtype=object)), dtype=np.int64)


def read_target(path: Path, target: Target) -> pd.Series[Any]:
    """The target column of a part alone; DataError where it has none."""
    known = pq.read_schema(path).names
    if target.column not in known:
        raise _target_error(f"the table has no column {target.column}", did_you_mean(target.column, known))
    return _frame(pq.read_table(path, columns=[target.column]))[target.column]


def read_part(path: Path, part: str, target: Target, features: Features, ids: Sequence[str] = ()) -> pd.DataFrame:
    """The target and feature columns of one part, and those of `ids` that it has.

    DataError with the YAML's key if a column is missing or there are no rows.
    """
    names = pq.read_schema(path).names
    wanted = {"target.column": target.column, **_keys("numeric", features.numeric)}
    wanted |= _keys("categorical", features.categorical)
    missing = {key: name for key, name in wanted.items() if name not in names}
    if missing:
        key, name = next(iter(missing.items()))
        raise DataError(
            f"the table has no column {', '.join(missing.values())}",
            remedy=did_you_mean(name, names) or f"it has {', '.join(names)}",
            key=key,
        )
    if target.column in features.names:
        raise DataError(f"{target.column} is the target and a feature too", remedy="leave it out", key="features")
    columns = dict.fromkeys([*wanted.values(), *(name for name in ids if name in names)])
    frame = _frame(pq.read_table(path, columns=list(columns)))
    if frame.empty:
        raise DataError(f"the {part} part has no rows", remedy="widen its share or window under split", key="split")
    return frame


def feature_inputs(frame: pd.DataFrame, features: Features) -> pd.DataFrame:
    """The features as the pipeline takes them; DataError with the YAML's key for a column of the wrong type."""
    try:
        return typed_columns(frame, features.numeric, features.categorical)
    except InputError as error:
        key = feature_key(features, error.columns[0])
        remedy = "list it under features.categorical, or turn it into a number in the dataset's SQL"
        raise DataError(str(error), remedy=remedy if "numeric" in key else "", key=key) from error


def feature_key(features: Features, name: str) -> str:
    """Dotted path of the place in the YAML that names a feature."""
    keys = _keys("numeric", features.numeric) | _keys("categorical", features.categorical)
    return next((key for key, known in keys.items() if known == name), "features")


def find_labels(column: pd.Series[Any], task: Task, positive: Any) -> Labels:
    """The labels of a training target. DataError if they do not make the task's."""
    _complete(column)
    counts = column.value_counts()
    seen = dict(zip(_plain(pd.Series(counts.index)), (int(n) for n in counts), strict=True))
    if any(not isinstance(value, str | int | float) for value in seen):
        raise _target_error(f"{column.name} holds neither text, numbers nor booleans", "turn it into one of them")
    if len(seen) == 1:
        message = f"{column.name} is {_shown(seen)} in every training row: there is nothing to learn"
        raise _target_error(message, "check how the dataset makes it, and which rows the split trains on")
    if task == "binary":
        return _binary_labels(str(column.name), seen, positive)
    if len(seen) > MAX_LABELS:
        remedy = "predict a number with task: regression, or group the labels"
        raise _target_error(f"{column.name} has {len(seen)} values, more than {MAX_LABELS}", remedy)
    return Labels(tuple(sorted(seen, key=lambda value: (isinstance(value, str), value))))


def encoded_target(column: pd.Series[Any], task: Task, labels: Labels | None) -> npt.NDArray[Any]:
    """Codes by label, or floats for a regression. DataError for a missing or non-numeric value.

    A multiclass label that training never saw has code -1; for a binary target it is an error.
    """
    _complete(column)
    if labels is None:
        return _numeric_target(column)
    codes = labels.codes(column)
    if task == "binary" and (codes < 0).any():
        other = _plain(column[codes < 0].drop_duplicates())
        known = _shown(labels.values)
        raise _target_error(f"{column.name} holds {_shown(other)} besides {known}", "a binary target has two values")
    return codes


def check_seen(column: pd.Series[Any], codes: npt.NDArray[Any]) -> None:
    """DataError if a part that training watches has labels that the training part does not."""
    unseen = column[codes < 0].drop_duplicates()
    if len(unseen):
        message = f"no training row has {column.name} = {_shown(_plain(unseen))}, and validation rows do"
        raise _target_error(message, "use split.method: stratified, or leave out model.early_stopping", "split")


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True)
    return frame


def _keys(kind: str, names: Sequence[str]) -> dict[str, str]:
    return {f"features.{kind}.{place}": name for place, name in enumerate(names)}


def _plain(column: pd.Series[Any]) -> list[Any]:
    """Python's own values: what JSON and YAML compare with."""
    return list(column.tolist())


def _complete(column: pd.Series[Any]) -> None:
    missing = int(column.isna().sum())
    if missing:
        raise _target_error(
            f"{column.name} is missing in {missing:,} of {len(column):,} rows",
            f"leave those rows out, as in WHERE {column.name} IS NOT NULL in the dataset's SQL",
        )


def _binary_labels(name: str, seen: dict[Any, int], positive: Any) -> Labels:
    if len(seen) > 2:
        remedy = "use task: multiclass, or make a yes-or-no column in the dataset's SQL"
        raise _target_error(f"{name} has {len(seen)} values ({_shown(seen)}), and a binary target has two", remedy)
    if positive is None and set(seen) == {False, True}:  # 0 and 1 too
        positive = True
    if positive is None:
        remedy = f"write target.positive: one of {_shown(seen)}"
        raise _target_error(f"which value of {name} counts as the event is not said", remedy, "target.positive")
    found = next((value for value in seen if value == positive), None)
    if found is None:
        remedy = f"write one of the values seen: {_shown(seen)}"
        raise _target_error(f"{positive!r} never occurs in {name}", remedy, "target.positive")
    negative = next(value for value in seen if value != found)
    return Labels((negative, found))


def _numeric_target(column: pd.Series[Any]) -> npt.NDArray[np.float64]:
    is_bool = pd.api.types.is_bool_dtype(column)
    try:
        values = typed_columns(column.to_frame(), [str(column.name)], [])[column.name].to_numpy()
    except InputError as error:
        raise _target_error(str(error), "a regression needs a numeric target") from error
    if is_bool:
        raise _target_error(f"{column.name} is true or false, not a number", "use task: binary", "task")
    return values


def _shown(values: Any) -> str:
    texts = [repr(value) for value in list(values)[:_SHOWN]]
    return ", ".join(texts) + (", …" if len(values) > _SHOWN else "")


def _target_error(message: str, remedy: str, key: str = "target.column") -> DataError:
    return DataError(message, remedy=remedy, key=key)
