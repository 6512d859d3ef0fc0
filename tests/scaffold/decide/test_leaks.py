from __future__ import annotations

import numpy as np
import polars as pl

from headrace.scaffold.decide.leaks import leak

CHANCE = np.random.default_rng(2)


def _leak(values: object, target: object, task: str) -> str:
    return leak(pl.Series("x", values), pl.Series("y", target), task)


def test_another_name_for_each_label_tells_the_answer() -> None:
    labels = CHANCE.integers(0, 3, 100)
    assert "in other words" in _leak([["no", "maybe", "yes"][n] for n in labels], labels, "multiclass")
    assert not _leak([["no", "maybe", "maybe"][n] for n in labels], labels, "multiclass")


def test_a_function_of_a_number_tells_the_answer_up_or_down() -> None:
    price = CHANCE.lognormal(size=200)
    assert "rises and falls" in _leak(np.log(price), price, "regression")
    assert "rises and falls" in _leak(-2 * price, price, "regression")
    assert not _leak(price + CHANCE.normal(0, 0.3, 200), price, "regression")


def test_agreement_in_few_rows_may_be_chance() -> None:
    assert not _leak([1, 2, None, None] * 5, [0, 1, 0, 1] * 5, "binary")
