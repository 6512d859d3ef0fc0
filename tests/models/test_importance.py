from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from headrace.models import importance
from headrace.models.importance import permutation_importance
from headrace_features.scoring import Scorer, load
from learning import flights_learning, late_flights


@pytest.fixture
def scorer(tmp_path: Path) -> Scorer:
    learning = flights_learning(tmp_path, features={"numeric": ["hour", "wind", "flight"], "categorical": ["carrier"]})
    ordinal = {"categorical": {"encode": "ordinal"}}
    learning.train("xgboost.XGBClassifier", {"n_estimators": 30, "max_depth": 3}, preprocessing=ordinal)
    return load(tmp_path / "model")


def rows(count: int = 800) -> tuple[pd.DataFrame, np.ndarray]:
    frame = late_flights(count, seed=7)
    return frame, frame.late.to_numpy(int)


def test_what_matters_comes_first_and_what_does_not_is_near_zero(scorer: Scorer) -> None:
    frame, actual = rows()
    metric, found = permutation_importance(scorer, scorer.inputs(frame), actual, "roc_auc", seed=0)
    assert metric == "roc_auc"
    by_name = {importance["feature"]: importance["mean"] for importance in found}
    assert set(by_name) == {"hour", "wind", "flight", "carrier"}
    assert found[0]["feature"] == "hour"
    assert by_name["hour"] > 0.1
    assert abs(by_name["flight"]) < 0.03


def test_a_metric_that_is_to_be_small_counts_the_other_way(scorer: Scorer) -> None:
    frame, actual = rows()
    _, found = permutation_importance(scorer, scorer.inputs(frame), actual, "log_loss", seed=0)
    assert found[0]["feature"] == "hour"
    assert found[0]["mean"] > 0.05


def test_the_same_seed_gives_the_same_numbers(scorer: Scorer) -> None:
    frame, actual = rows()
    first, again, other = (
        permutation_importance(scorer, scorer.inputs(frame), actual, "roc_auc", seed)[1] for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_rows_are_drawn_and_inputs_left_alone(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importance, "MAX_ROWS", 100)
    frame, actual = rows()
    inputs = scorer.inputs(frame)
    before = inputs.copy()
    scored: list[int] = []

    class Counting(Scorer):
        def score(self, inputs: pd.DataFrame) -> pd.DataFrame:
            scored.append(len(inputs))
            return super().score(inputs)

    permutation_importance(Counting(scorer.model, scorer.info), inputs, actual, "roc_auc", seed=0)
    assert scored == [100] + [100 * importance.REPEATS] * 4
    pd.testing.assert_frame_equal(inputs, before)


def test_another_metric_is_used_where_the_first_has_no_value(scorer: Scorer) -> None:
    frame, _ = rows(50)
    metric, found = permutation_importance(scorer, scorer.inputs(frame), np.zeros(50, int), "roc_auc", seed=0)
    assert metric == "accuracy"
    assert len(found) == 4
