from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl
import pytest

from headrace.scaffold.decide.columns import ColumnChoice
from headrace.scaffold.decide.split import SplitChoice, split_choices
from headrace.scaffold.decide.target import TargetChoice

REGRESSION = TargetChoice("y", "regression")
BINARY = TargetChoice("y", "binary", positive=1, labels={0: 50, 1: 50})


def _first(frame: pl.DataFrame, roles: dict[str, str], target: TargetChoice = BINARY, rows: int = 100) -> SplitChoice:
    columns = [ColumnChoice(name, role) for name, role in roles.items()]  # type: ignore[arg-type]
    return next(iter(split_choices(frame, columns, target, rows)))


DAYS = [date(2020, 1, 1) + timedelta(days=number) for number in range(100)]


def test_a_date_that_orders_the_rows_splits_them() -> None:
    split = _first(pl.DataFrame({"when": DAYS}), {"when": "time"}).split
    assert split.model_dump()["method"] == "time"
    assert split.test == "19d"


@pytest.mark.parametrize(("step", "window"), [(timedelta(hours=1), "19h"), (timedelta(minutes=1), "19m")])
def test_the_window_is_in_a_unit_that_fits(step: timedelta, window: str) -> None:
    moments = [datetime(2020, 1, 1) + step * number for number in range(100)]  # noqa: DTZ001 - as files have them
    assert _first(pl.DataFrame({"when": moments}), {"when": "time"}).split.test == window


def test_a_birthday_orders_nothing() -> None:
    frame = pl.DataFrame({"birth": [DAYS[n * 37 % 100] for n in range(100)]})
    assert _first(frame, {"birth": "time"}).split.method == "stratified"
    assert _first(frame.rename({"birth": "sold"}), {"sold": "time"}).split.method == "time"


def test_repeated_patients_stay_together() -> None:
    choice = _first(pl.DataFrame({"patient": [n // 4 for n in range(100)]}), {"patient": "group"})
    assert choice.split.method == "grouped"
    assert "patient" in choice.why


def test_otherwise_labels_are_stratified_and_numbers_are_dealt_at_random() -> None:
    frame = pl.DataFrame({"x": range(100)})
    assert _first(frame, {"x": "numeric"}).split.method == "stratified"
    assert _first(frame, {"x": "numeric"}, REGRESSION).split.method == "random"


def test_only_large_tables_spare_rows_for_validation() -> None:
    frame = pl.DataFrame({"x": range(100)})
    assert _first(frame, {"x": "numeric"}, rows=9_999).split.validation is None
    assert _first(frame, {"x": "numeric"}, rows=10_000).has_validation
