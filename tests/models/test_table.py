from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from headrace.config.schema.modelling import Features, Target
from headrace.errors import DataError
from headrace.models.table import (
    Labels,
    check_seen,
    encoded_target,
    feature_inputs,
    find_labels,
    read_part,
    read_target,
)

FEATURES = Features(numeric=("hour", "temp", "wind"), categorical=("carrier", "dest"))
TARGET = Target(column="late", positive=True)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    frame = pd.DataFrame(
        {"dest": ["X", None], "wind": [1, 2], "temp": [None, 1.5], "hour": [5, 6], "carrier": ["A", "B"]}
    )
    path = tmp_path / "train.parquet"
    frame.assign(late=[True, False], id=[7, 8], noise=0).to_parquet(path)
    return path


def column(values: Any, name: str = "late") -> pd.Series:
    return pd.Series(values, name=name)


def test_only_the_declared_columns_are_read(table: Path) -> None:
    assert sorted(read_part(table, "training", TARGET, FEATURES)) == sorted([*FEATURES.names, "late"])
    with_ids = read_part(table, "test", TARGET, FEATURES, ids=["id", "not there"])
    assert sorted(with_ids) == sorted([*FEATURES.names, "late", "id"])
    assert read_target(table, TARGET).tolist() == [True, False]


def test_a_missing_feature_is_an_error_with_its_place(table: Path) -> None:
    features = Features(numeric=("hour", "temp", "winds"), categorical=("carrier", "nothing like it"))
    with pytest.raises(DataError, match="winds, nothing like it") as raised:
        read_part(table, "training", TARGET, features)
    assert raised.value.key == "features.numeric.2"
    assert raised.value.remedy == "did you mean wind?"


def test_a_missing_target_is_an_error_with_its_place(table: Path) -> None:
    with pytest.raises(DataError, match="lat") as raised:
        read_part(table, "training", Target(column="lat"), FEATURES)
    assert raised.value.key == "target.column"
    with pytest.raises(DataError, match="lat"):
        read_target(table, Target(column="lat"))


def test_the_target_is_no_feature(table: Path) -> None:
    with pytest.raises(DataError, match="target and a feature"):
        read_part(table, "training", Target(column="wind"), FEATURES)


def test_a_part_without_rows_is_an_error(table: Path) -> None:
    pd.read_parquet(table).head(0).to_parquet(table)
    with pytest.raises(DataError, match="test part has no rows") as raised:
        read_part(table, "test", TARGET, FEATURES)
    assert raised.value.key == "split"


def test_text_in_a_numeric_feature_is_an_error_with_its_place() -> None:
    frame = pd.DataFrame({"hour": [1], "temp": ["warm"], "wind": [1], "carrier": ["A"], "dest": ["X"]})
    with pytest.raises(DataError, match="the text 'warm'") as raised:
        feature_inputs(frame, FEATURES)
    assert raised.value.key == "features.numeric.1"
    assert "categorical" in raised.value.remedy


@pytest.mark.parametrize(
    ("values", "positive", "labels"),
    [
        ([True, False], True, (False, True)),
        ([True, False], False, (True, False)),
        ([1, 0], True, (0, 1)),
        ([1.0, 0.0], 1, (0.0, 1.0)),
        (["yes", "no"], "yes", ("no", "yes")),
        (pd.Series(["yes", "no"], dtype="category"), "no", ("yes", "no")),
        ([True, False], None, (False, True)),
        ([0, 1], None, (0, 1)),
    ],
)
def test_binary_labels_are_negative_then_positive(values: Any, positive: Any, labels: tuple[Any, ...]) -> None:
    found = find_labels(column(values), "binary", positive)
    assert found.values == labels
    target = pd.Series(values, name="late")
    assert encoded_target(target, "binary", found).tolist() == [int(value == labels[1]) for value in target]


@pytest.mark.parametrize(
    ("values", "positive", "words", "key"),
    [
        (["true", "false"], True, "True never occurs in late", "target.positive"),
        (["yes", "no"], None, "which value of late", "target.positive"),
        ([1, 2], None, "which value of late", "target.positive"),
        (["a", "b", "c"], "a", "late has 3 values", "target.column"),
        ([True, True], True, "True in every training row", "target.column"),
        ([True, None], True, "missing in 1 of 2 rows", "target.column"),
        (pd.to_datetime(["2013-01-01", "2013-01-02"]), True, "neither text", "target.column"),
    ],
)
def test_a_binary_target_that_is_none(values: Any, positive: Any, words: str, key: str) -> None:
    with pytest.raises(DataError, match=words) as raised:
        find_labels(column(values), "binary", positive)
    assert raised.value.key == key
    assert raised.value.remedy


def test_the_values_seen_are_listed() -> None:
    with pytest.raises(DataError) as raised:
        find_labels(column(["on time", "late"]), "binary", "yes")
    assert "'on time'" in raised.value.remedy
    assert "'late'" in raised.value.remedy


def test_multiclass_labels_are_sorted() -> None:
    assert find_labels(column(["b", "c", "a", "b"]), "multiclass", None).values == ("a", "b", "c")
    assert find_labels(column([2, 0, 1]), "multiclass", None).values == (0, 1, 2)
    with pytest.raises(DataError, match="200 values") as raised:
        find_labels(column(range(200)), "multiclass", None)
    assert "regression" in raised.value.remedy


def test_a_label_that_training_never_saw() -> None:
    labels = Labels(("a", "b", "c"))
    codes = encoded_target(column(["c", "z", "a"]), "multiclass", labels)
    assert codes.tolist() == [2, -1, 0]
    with pytest.raises(DataError, match="late = 'z'"):
        check_seen(column(["c", "z", "a"]), codes)
    check_seen(column(["c"]), codes[:1])
    with pytest.raises(DataError, match="'z' besides 'a', 'b'"):
        encoded_target(column(["a", "z"]), "binary", Labels(("a", "b")))


def test_a_regression_target_is_numbers() -> None:
    assert encoded_target(column([1, 2]), "regression", None).dtype == np.float64
    with pytest.raises(DataError, match="the text 'x'"):
        encoded_target(column(["x", "y"]), "regression", None)
    with pytest.raises(DataError, match="infinite"):
        encoded_target(column([1.0, np.inf]), "regression", None)
    with pytest.raises(DataError, match="missing in 1 of 2"):
        encoded_target(column([1.0, np.nan]), "regression", None)
    with pytest.raises(DataError, match="not a number") as raised:
        encoded_target(column([True, False]), "regression", None)
    assert raised.value.key == "task"
