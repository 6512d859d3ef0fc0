from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import headrace_features
from headrace_features.scoring import InputError, Scorer, load
from learning import Learning, flights_learning, late_flights

XGBOOST = ("xgboost.XGBClassifier", {"n_estimators": 20})
ORDINAL = {"categorical": {"encode": "ordinal"}}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Learning:
    learning = flights_learning(tmp_path_factory.mktemp("binary"))
    learning.train(*XGBOOST, preprocessing=ORDINAL)
    return learning


@pytest.fixture
def scorer(trained: Learning) -> Scorer:
    return load(trained.folder / "model")


def test_a_binary_model_gives_labels_and_the_probability_of_the_positive_one(scorer: Scorer) -> None:
    frame = late_flights(50, seed=9).set_index("flight")
    predictions = scorer.predict(frame)
    assert list(predictions) == ["prediction", "probability"]
    assert predictions.index.equals(frame.index)
    assert predictions["prediction"].dtype == bool
    assert ((predictions["probability"] > 0.5) == predictions["prediction"]).all()


def test_predictions_do_not_depend_on_order_types_or_company(scorer: Scorer) -> None:
    frame = late_flights(40, seed=9)
    expected = scorer.predict(frame)
    rewritten = frame[["carrier", "wind", "hour"]].assign(
        hour=frame.hour.astype(float), wind=[None if np.isnan(w) else w for w in frame.wind], note="unused"
    )
    pd.testing.assert_frame_equal(scorer.predict(rewritten), expected)
    one_by_one = pd.concat([scorer.predict(frame.iloc[[row]]) for row in range(len(frame))])
    pd.testing.assert_frame_equal(one_by_one, expected)


def test_text_from_a_file_without_types_is_read_as_training_knew_it(tmp_path: Path) -> None:
    frame = late_flights(300).assign(evening=lambda f: f.hour > 17)
    learning = Learning(tmp_path, "binary", "late", {"numeric": ["wind"], "categorical": ["evening", "hour"]}, True)
    learning.write(train=frame).train(*XGBOOST, preprocessing=ORDINAL)
    scorer = load(tmp_path / "model")
    texts = frame.assign(evening=frame.evening.astype(str), hour=frame.hour.astype(float).astype(str))
    pd.testing.assert_frame_equal(scorer.predict(texts), scorer.predict(frame))


def test_what_training_never_saw_is_scored(scorer: Scorer) -> None:
    frame = pd.DataFrame({"hour": [5, 5], "wind": [None, 1000.0], "carrier": ["a new one", None]})
    assert scorer.predict(frame)["probability"].between(0, 1).all()


def test_a_missing_column_is_named(scorer: Scorer) -> None:
    with pytest.raises(InputError, match="wind"):
        scorer.predict(late_flights(3).drop(columns="wind"))


def test_a_multiclass_model_gives_a_probability_for_each_label(tmp_path: Path) -> None:
    learning = flights_learning(tmp_path, "multiclass")
    learning.train(*XGBOOST, preprocessing=ORDINAL)
    predictions = load(tmp_path / "model").predict(late_flights(30))
    names = ["probability_bad", "probability_early", "probability_normal"]
    assert list(predictions) == ["prediction", *names]
    np.testing.assert_allclose(predictions[names].sum(axis=1), 1, rtol=1e-6)
    likeliest = predictions[names].idxmax(axis=1).str.removeprefix("probability_")
    assert (likeliest == predictions["prediction"]).all()


def test_a_regression_gives_numbers(tmp_path: Path) -> None:
    learning = flights_learning(tmp_path, "regression")
    learning.train("xgboost.XGBRegressor", {"n_estimators": 20}, preprocessing=ORDINAL)
    predictions = load(tmp_path / "model").predict(late_flights(30))
    assert list(predictions) == ["prediction"]
    assert predictions["prediction"].dtype == np.float64


def test_a_classifier_without_probabilities_gives_a_score(tmp_path: Path) -> None:
    learning = flights_learning(tmp_path)
    learning.train("sklearn.linear_model.RidgeClassifier", preprocessing={"numeric": {"impute": "mean"}})
    predictions = load(tmp_path / "model").predict(late_flights(30))
    assert list(predictions) == ["prediction", "score"]
    assert ((predictions["score"] > 0) == predictions["prediction"]).all()


def test_a_forest_scores_the_same_each_time(tmp_path: Path) -> None:
    learning = flights_learning(tmp_path)
    params = {"n_estimators": 30, "n_jobs": -1}
    learning.train("sklearn.ensemble.RandomForestClassifier", params, preprocessing=ORDINAL)
    frame, scorer = late_flights(500), load(tmp_path / "model")
    first = scorer.predict(frame)
    for _ in range(5):
        pd.testing.assert_frame_equal(scorer.predict(frame), first, check_exact=True)


#: Run first: takes this project's sources off the path, and refuses what an installation has of it.
HERMIT = f"""
import sys
sys.path[:] = [p for p in sys.path if p != {str(Path(headrace_features.__file__).parents[1])!r}]
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "headrace":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Refuse())
"""


def _alone(code: str, folder: Path, *search: Path) -> list[float]:
    """The numbers that a process prints which has this environment's packages, but nothing of this project.

    `headrace_features` has to come from below `folder`.
    """
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    script = f"{HERMIT}{code}\nimport headrace_features; print(headrace_features.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**environment, "PYTHONPATH": os.pathsep.join(map(str, search))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *_, answer, source = done.stdout.splitlines()
    assert Path(source).is_relative_to(folder)
    numbers: list[float] = json.loads(answer)
    return numbers


def test_a_model_scores_where_headrace_is_not(trained: Learning, scorer: Scorer, tmp_path: Path) -> None:
    source = Path(headrace_features.__file__).parent
    shutil.copytree(source, tmp_path / "code" / "headrace_features", ignore=shutil.ignore_patterns("__pycache__"))
    frame = late_flights(20, seed=5)
    frame.to_parquet(tmp_path / "in.parquet")
    code = (
        "import pandas, json\n"
        "from headrace_features.scoring import load\n"
        f"model = load({str(trained.folder / 'model')!r})\n"
        "print(json.dumps(model.predict(pandas.read_parquet('in.parquet')).probability.tolist()))\n"
    )
    assert _alone(code, tmp_path, tmp_path / "code") == scorer.predict(frame)["probability"].tolist()


def test_mlflow_loads_and_scores_it_as_a_pyfunc(trained: Learning, scorer: Scorer, tmp_path: Path) -> None:
    from mlflow.models import ModelSignature
    from mlflow.pyfunc import save_model
    from mlflow.types import ColSpec, Schema

    info = trained.info()
    columns = [ColSpec(dtype, name, required=False) for name, dtype in info["input_dtypes"].items()]
    save_model(
        path=tmp_path / "saved",
        loader_module="headrace_features.scoring",
        data_path=str(trained.folder / "model"),
        code_paths=[str(Path(headrace_features.__file__).parent)],
        signature=ModelSignature(Schema(columns)),
        pip_requirements=info["requirements"],
    )
    frame = late_flights(20, seed=5)
    frame.to_parquet(tmp_path / "in.parquet")
    code = (
        "import pandas, json, mlflow\n"
        f"model = mlflow.pyfunc.load_model({str(tmp_path / 'saved')!r})\n"
        "print(json.dumps(model.predict(pandas.read_parquet('in.parquet')).probability.tolist()))\n"
    )
    assert _alone(code, tmp_path) == scorer.predict(frame)["probability"].tolist()
