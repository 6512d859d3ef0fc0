"""Parts of the training rows on which models are tried."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from headrace.config.schema.modelling import GroupedSplit, RandomSplit, Split, StratifiedSplit, TimeSplit
from headrace.scaffold.decide.folds import folds

FRAME = pd.DataFrame({"who": [None, "a", "b", "c", "d", "e"] * 20, "day": range(120)})
TARGET = np.array([0, 1, 0, 0, 1, 0, 0, 0] * 15)
GROUPED = GroupedSplit(method="grouped", column="who", test=0.2)
DEALT: list[Split] = [RandomSplit(method="random", test=0.2), StratifiedSplit(method="stratified", test=0.2), GROUPED]


@pytest.mark.parametrize("split", DEALT)
@pytest.mark.parametrize("has_labels", [True, False])
def test_every_row_is_tested_once_in_each_repeat(split: Split, has_labels: bool) -> None:
    made = list(folds(split, FRAME, TARGET, has_labels, 1))

    assert len(made) == 10
    assert all(not set(train) & set(test) for train, test in made)
    for half in (made[:5], made[5:]):
        assert sorted(np.concatenate([test for _, test in half])) == list(range(120))
    assert any(list(one[1]) != list(other[1]) for one, other in zip(made[:5], made[5:], strict=True))


@pytest.mark.parametrize("has_labels", [True, False])
def test_a_group_is_never_on_both_sides(has_labels: bool) -> None:
    for train, test in folds(GROUPED, FRAME, TARGET, has_labels, 1):
        assert not set(FRAME.who[train]) & set(FRAME.who[test])


def test_a_single_group_is_no_reason_to_try_nothing() -> None:
    assert len(list(folds(GROUPED, FRAME.assign(who="a"), TARGET, True, 1))) == 10


def test_what_comes_later_is_tested_and_the_most_rows_first() -> None:
    split = TimeSplit(method="time", column="day", test="9d")
    made = list(folds(split, FRAME, TARGET, True, 1))
    assert all(train.max() < test.min() for train, test in made)
    assert [len(train) for train, _ in made] == sorted((len(train) for train, _ in made), reverse=True)


def test_a_label_of_one_row_is_dealt_like_any_other() -> None:
    assert len(list(folds(DEALT[1], FRAME, np.arange(120), True, 1))) == 10
