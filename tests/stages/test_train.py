from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_wine

from headrace.errors import DataError, ModelError
from headrace_features.scoring import load
from learning import Learning, flights_learning, late_flights

ORDINAL = {"categorical": {"encode": "ordinal"}}
XGB = "xgboost.XGBClassifier"


def test_it_writes_a_model_and_what_is_needed_to_use_it(tmp_path: Path) -> None:
    learning = flights_learning(tmp_path)
    params = {"n_estimators": 300, "max_depth": 3, "gamma": None}
    result = learning.train(XGB, params, preprocessing=ORDINAL, early_stopping={"rounds": 5})
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == ["model.json", "model.skops"]
    info = learning.info()
    best = info["training"]["best_iteration"]
    assert result.facts == {
        "estimator": XGB,
        "rows": 600,
        "features": 3,
        "best_iteration": best,
        "fit_seconds": result.facts["fit_seconds"],
    }
    assert info["task"] == "binary"
    assert info["estimator"] == XGB
    assert info["features"] == {"numeric": ["hour", "wind"], "categorical": ["carrier"]}
    assert info["target"] == {"column": "late", "positive": True}
    assert info["labels"] == [False, True]
    assert info["input_dtypes"] == {"hour": "long", "wind": "double", "carrier": "string"}
    assert len(info["input_example"]) == 5
    assert info["params"]["max_depth"] == 3
    assert info["params"]["gamma"] is None
    assert info["params"]["random_state"] == 0
    assert any(line.startswith("xgboost==") for line in info["requirements"])
    assert info["trusted_types"] == ["xgboost.core.Booster", "xgboost.sklearn.XGBClassifier"]
    assert len(info["training"]["history"]["validation"]["logloss"]) == best + 1 + 5
    assert info["digest_of_model"] == sha256((tmp_path / "model" / "model.skops").read_bytes()).hexdigest()
    assert load(tmp_path / "model").predict(late_flights(10)).shape == (10, 2)


@pytest.mark.parametrize(
    ("model", "params"),
    [(XGB, {"n_estimators": 20}), ("sklearn.ensemble.RandomForestClassifier", {"n_estimators": 5, "n_jobs": -1})],
)
def test_the_same_slice_and_rows_give_the_same_bytes(tmp_path: Path, model: str, params: dict[str, object]) -> None:
    learning = flights_learning(tmp_path)
    for out in ("first", "second"):
        learning.train(model, params, out=out, preprocessing=ORDINAL)
    for name in ("model.skops", "model.json"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()
    learning.seed = 1
    learning.train("sklearn.ensemble.RandomForestClassifier", {"n_estimators": 5}, out="third", preprocessing=ORDINAL)
    assert (tmp_path / "third" / "model.skops").read_bytes() != (tmp_path / "first" / "model.skops").read_bytes()


def test_packaged_tables_of_scikit_learn(tmp_path: Path) -> None:
    for name, data, task, model in [
        ("wine", load_wine(as_frame=True), "multiclass", "sklearn.linear_model.LogisticRegression"),
        ("diabetes", load_diabetes(as_frame=True), "regression", "sklearn.linear_model.Ridge"),
    ]:
        folder = tmp_path / name
        folder.mkdir()
        columns = {"numeric": list(data.data), "categorical": []}
        learning = Learning(folder, task, "target", columns).write(train=data.frame)
        learning.train(model, {"max_iter": 2_000}, preprocessing={"numeric": {"scale": "standard"}})
        predictions = load(folder / "model").predict(data.data)["prediction"]
        if task == "multiclass":
            assert (predictions == data.target).mean() > 0.98
            assert learning.info()["labels"] == [0, 1, 2]
        else:
            assert np.corrcoef(predictions, data.target)[0, 1] > 0.7
            assert learning.info()["labels"] is None


def test_validation_rows_change_nothing_unless_they_are_watched(tmp_path: Path) -> None:
    learning = flights_learning(tmp_path)
    learning.train(XGB, {"n_estimators": 10}, out="with", preprocessing=ORDINAL)
    (tmp_path / "validation.parquet").unlink()
    learning.train(XGB, {"n_estimators": 10}, out="without", preprocessing=ORDINAL)
    assert (tmp_path / "with" / "model.skops").read_bytes() == (tmp_path / "without" / "model.skops").read_bytes()


def test_early_stopping_without_a_validation_part_is_an_error(tmp_path: Path) -> None:
    learning = flights_learning(tmp_path)
    (tmp_path / "validation.parquet").unlink()
    with pytest.raises(ModelError) as raised:
        learning.train(XGB, early_stopping={"rounds": 5}, preprocessing=ORDINAL)
    assert raised.value.key == "model.early_stopping"


def test_watched_labels_must_be_known(tmp_path: Path) -> None:
    learning = flights_learning(tmp_path, "multiclass")
    learning.write(validation=late_flights(50).assign(kind="diverted"))
    with pytest.raises(DataError, match="'diverted'"):
        learning.train(XGB, early_stopping={"rounds": 5}, preprocessing=ORDINAL)


def test_gaps_in_the_way_of_the_estimator_are_an_error(tmp_path: Path) -> None:
    learning = flights_learning(tmp_path)
    with pytest.raises(DataError, match="wind") as raised:
        learning.train("sklearn.linear_model.LogisticRegression")
    assert raised.value.key == "features.numeric.1"
    imputed = {"numeric": {"impute": "median"}}
    learning.train("sklearn.linear_model.LogisticRegression", out="imputed", preprocessing=imputed)


def test_what_the_estimator_says_reaches_the_log(tmp_path: Path) -> None:
    learning = flights_learning(tmp_path, features={"numeric": ["hour"], "categorical": ["carrier"]})
    learning.train("sklearn.linear_model.LogisticRegression", {"max_iter": 1})
    (note,) = learning.log.warnings
    assert note["estimator"] == "sklearn.linear_model.LogisticRegression"
    assert "ConvergenceWarning" in note["warning"]


def test_categories_of_every_type_train_and_score(tmp_path: Path) -> None:
    frame = late_flights(300)
    frame["gate"] = pd.Series([1, 2, None] * 100, dtype="Int64")
    frame["night"] = frame.hour > 20
    features = {"numeric": ["hour", "night"], "categorical": ["carrier", "gate", "night2", "flight"]}
    learning = Learning(tmp_path, "binary", "late", features, positive=True)
    learning.write(train=frame.assign(night2=frame.night))
    learning.train(XGB, {"n_estimators": 5}, preprocessing={"categorical": {"min_frequency": 5}})
    row = {"hour": 22, "night": True, "carrier": None, "gate": 2.0, "night2": True, "flight": 5}
    assert load(tmp_path / "model").predict(pd.DataFrame([row, {**row, "gate": None}])).notna().all(axis=None)


def test_importing_the_stage_imports_none_of_the_libraries() -> None:
    code = (
        "import sys, headrace.stages.train, headrace.stages.evaluate\n"
        "print(sorted({'pandas', 'numpy', 'sklearn', 'xgboost', 'pyarrow', 'matplotlib'} & set(sys.modules)))"
    )
    import headrace

    environment = {"PYTHONPATH": str(Path(headrace.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert json.loads(done.stdout.replace("'", '"')) == []
