from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from headrace.scaffold.decide.columns import choose_columns
from headrace.scaffold.survey.columns import Understood

ROWS = 200
CHANCE = np.random.default_rng(5)


def _choices(task: str = "binary", **columns: object) -> dict[str, tuple[str, str]]:
    target = {"y": CHANCE.integers(0, 2, ROWS) if task == "binary" else CHANCE.normal(size=ROWS).tolist()}
    frame = pl.DataFrame({**columns, **target} if "y" not in columns else columns)
    return {choice.name: (choice.role, choice.why) for choice in choose_columns(Understood(frame, {}, {}), "y", task)}


def _roles(task: str = "binary", **columns: object) -> dict[str, str]:
    return {name: role for name, (role, _) in _choices(task, **columns).items()}


def test_numbers_booleans_and_few_texts_are_features() -> None:
    roles = _roles(
        size=CHANCE.normal(size=ROWS),
        count=CHANCE.integers(0, 50, ROWS),
        flag=CHANCE.random(ROWS) > 0.5,
        colour=CHANCE.choice(["red", "blue", "green"], ROWS),
        sold=[date(2020, 1, 1) + timedelta(days=int(n)) for n in CHANCE.integers(0, 99, ROWS)],
    )
    assert roles == {
        "size": "numeric", "count": "numeric", "flag": "numeric", "colour": "categorical", "sold": "time", "y": "target"
    }  # fmt: skip


def test_what_names_a_row_is_no_feature() -> None:
    roles = _roles(
        row=range(1, ROWS + 1),
        id=CHANCE.permutation(ROWS * 3)[:ROWS],
        uuid=[f"{n:032x}" for n in CHANCE.permutation(ROWS)],
        name=[f"Somebody {n % 150}" for n in range(ROWS)],
    )
    assert roles == {"row": "id", "id": "id", "uuid": "id", "name": "out", "y": "target"}


def test_different_measurements_in_every_row_are_no_identifier() -> None:
    assert _roles(income=CHANCE.permutation(100_000)[:ROWS], width=CHANCE.normal(size=ROWS))["income"] == "numeric"


def test_rows_that_repeat_who_they_are_about_are_grouped() -> None:
    patients = np.repeat(np.arange(50), 4)
    choices = _choices(patient_id=patients, store_id=patients % 3, dose=CHANCE.normal(size=ROWS))
    assert choices["patient_id"][0] == "group"
    assert choices["store_id"][0] == "numeric"


def test_how_many_there_are_is_no_group() -> None:
    counts = np.repeat(np.arange(50), 4)
    choices = _choices(num_account=counts, open_accounts=CHANCE.permutation(counts), students=counts[::-1])
    assert {choices[name][0] for name in ("num_account", "open_accounts", "students")} == {"numeric"}


def test_constants_empty_columns_twins_and_text_are_left_out_with_the_reason() -> None:
    first = CHANCE.normal(size=ROWS)
    choices = _choices(
        always=["x"] * ROWS,
        nothing=pl.Series([None] * ROWS, dtype=pl.String),
        first=first,
        second=first,
        remarks=[f"this is a longer remark about row {n}, for people" for n in range(ROWS)],
        many=[{"a": 1}] * ROWS,
    )
    assert choices["always"] == ("out", "always 'x'")
    assert choices["nothing"] == ("out", "no values")
    assert choices["second"] == ("out", "the same as first in every row")
    assert choices["remarks"][1].startswith("text")
    assert choices["many"][0] == "out"
    assert choices["first"][0] == "numeric"


def test_categories_of_many_values_say_so() -> None:
    choices = _choices(town=[f"town {n % 60}" for n in range(ROWS)], y=CHANCE.integers(0, 2, ROWS))
    assert choices["town"] == ("categorical", "60 categories: the rare ones are treated as one")


def test_two_columns_whose_sum_is_the_target_are_left_out() -> None:
    casual, registered = CHANCE.integers(0, 99, ROWS), CHANCE.integers(0, 99, ROWS)
    roles = _roles(
        "regression", casual=casual, registered=registered, heat=CHANCE.normal(size=ROWS), y=casual + registered
    )
    assert roles == {"casual": "out", "registered": "out", "heat": "numeric", "y": "target"}
