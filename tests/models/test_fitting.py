from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.ensemble import HistGradientBoostingRegressor as HistRegressor
from sklearn.linear_model import LogisticRegression, SGDClassifier
from xgboost import XGBClassifier, XGBRegressor, XGBRFClassifier

from headrace.config.schema.modelling import EarlyStopping, Features, Preprocessing
from headrace.errors import ModelError, StageError
from headrace.models.assembly import assemble
from headrace.models.fitting import Fitted, Part, estimator_errors, fit
from headrace_features.columns import typed_columns
from learning import late_flights

FEATURES = Features(numeric=("hour", "wind"), categorical=("carrier",))
FEW = EarlyStopping(rounds=5)


def part(rows: int, seed: int) -> Part:
    frame = late_flights(rows, seed)
    return Part(typed_columns(frame, FEATURES.numeric, FEATURES.categorical), frame.late.to_numpy(int))


def fitted(estimator: Any, stopping: EarlyStopping | None = FEW, validation: Part | None = None) -> Fitted:
    preprocessing = Preprocessing.model_validate({"categorical": {"encode": "ordinal"}})
    return fit(assemble(FEATURES, preprocessing, estimator), part(600, 1), validation, stopping)


def test_xgboost_stops_on_the_validation_part_and_uses_its_best_round() -> None:
    validation = part(200, 2)
    done = fitted(XGBClassifier(n_estimators=500, learning_rate=0.3), validation=validation)
    assert done.best_iteration is not None
    assert done.best_iteration < 400
    assert done.history is not None
    losses = done.history["validation"]["logloss"]
    assert int(np.argmin(losses)) == done.best_iteration
    assert len(losses) == done.best_iteration + 1 + FEW.rounds
    probability = done.model.predict_proba(validation.inputs)[:, 1]
    loss = -np.mean(np.where(validation.target, np.log(probability), np.log(1 - probability)))
    assert loss == pytest.approx(min(losses), rel=1e-4), "the whole pipeline predicts with the best round"


def test_the_preprocessing_learns_from_the_training_rows_alone() -> None:
    validation = part(50, 2)
    validation.inputs["carrier"] = "only in validation"
    done = fitted(XGBClassifier(n_estimators=10), validation=validation)
    encoder = done.model.named_steps["features"].named_transformers_["categorical"]
    assert "only in validation" not in encoder.categories_[0]


def test_histogram_boosting_stops_on_the_validation_part() -> None:
    data = load_diabetes(as_frame=True)
    features = Features(numeric=tuple(data.data))
    rows = [
        Part(data.data[s].reset_index(drop=True), data.target[s].to_numpy()) for s in (slice(300), slice(300, None))
    ]
    done = fit(assemble(features, Preprocessing(), HistRegressor(max_iter=1000)), rows[0], rows[1], FEW)
    estimator = done.model.named_steps["estimator"]
    assert estimator.n_iter_ < 200
    raw = estimator.predict(done.model[:-1].transform(rows[1].inputs))
    assert done.history is not None
    assert -np.mean((raw - rows[1].target) ** 2) / 2 == pytest.approx(done.history["validation"]["score"][-1])
    assert fitted(HistGradientBoostingClassifier(max_iter=500), validation=part(200, 2)).history is not None


def test_no_early_stopping_runs_all_rounds() -> None:
    done = fitted(XGBClassifier(n_estimators=40), stopping=None, validation=part(200, 2))
    assert done.model.named_steps["estimator"].get_booster().num_boosted_rounds() == 40
    assert done.best_iteration is None
    assert done.history is None


@pytest.mark.parametrize(
    ("estimator", "remedy"),
    [
        (LogisticRegression(), "leave out model.early_stopping"),
        (SGDClassifier(), "model.params.early_stopping"),
        (XGBRFClassifier(), "leave out model.early_stopping"),
    ],
)
def test_an_estimator_that_cannot_watch_is_an_error(estimator: Any, remedy: str) -> None:
    with pytest.raises(ModelError, match="cannot stop early") as raised:
        fitted(estimator, validation=part(50, 2))
    assert raised.value.key == "model.early_stopping"
    assert remedy in raised.value.remedy


def test_without_a_validation_part_there_is_nothing_to_watch() -> None:
    with pytest.raises(ModelError, match="needs a validation part") as raised:
        fitted(XGBClassifier(), validation=None)
    assert raised.value.key == "model.early_stopping"
    assert "split.validation" in raised.value.remedy


@pytest.mark.parametrize(
    ("estimator", "words"),
    [
        (LogisticRegression(C=-1), "LogisticRegression.*'C'"),
        (XGBClassifier(max_depth=-3), "XGBClassifier.*max_depth"),
        (LogisticRegression(), "LogisticRegression.*NaN"),
        (XGBRegressor(objective="reg:gamma"), "XGBRegressor"),
    ],
)
def test_what_the_estimator_refuses_is_an_error_that_names_it(estimator: Any, words: str) -> None:
    with pytest.raises(ModelError, match=words) as raised:
        fitted(estimator, stopping=None)
    assert not raised.value.retryable
    assert "Stack trace" not in raised.value.message


def test_other_failures_may_pass() -> None:
    words = "LogisticRegression failed: MemoryError"
    with pytest.raises(StageError, match=words) as raised, estimator_errors(LogisticRegression()):
        raise MemoryError("not enough")
    assert raised.value.retryable


def test_warnings_are_kept_once_each() -> None:
    rows = part(300, 1)
    rows.inputs["wind"] = rows.inputs["wind"].fillna(0)
    features = Features(numeric=("hour", "wind"))
    done = fit(assemble(features, Preprocessing(), LogisticRegression(max_iter=1)), rows, None, None)
    assert len(done.warnings) == 1
    assert done.warnings[0].startswith("ConvergenceWarning: ")


def test_equal_fits_predict_alike() -> None:
    first, second = (fitted(XGBClassifier(n_estimators=20, random_state=3), stopping=None) for _ in range(2))
    frame = part(100, 9).inputs
    pd.testing.assert_frame_equal(
        pd.DataFrame(first.model.predict_proba(frame)), pd.DataFrame(second.model.predict_proba(frame))
    )
