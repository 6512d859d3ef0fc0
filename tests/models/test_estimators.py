from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge
from xgboost import XGBClassifier

from headrace.errors import ModelError
from headrace.models.estimators import create, resolve


def test_public_classes_of_scikit_learn_and_xgboost_resolve() -> None:
    assert resolve("sklearn.ensemble.RandomForestClassifier", "multiclass") is RandomForestClassifier
    assert resolve("xgboost.XGBClassifier", "binary") is XGBClassifier
    assert resolve("sklearn.linear_model.Ridge", "regression") is Ridge


@pytest.mark.parametrize(
    "path",
    [
        "os.system",
        "builtins.eval",
        "subprocess.Popen",
        "RandomForestClassifier",
        "sklearn",
        "",
        "sklearn.ensemble._forest.RandomForestClassifier",
        "sklearn.ensemble.__init__",
        "sklearn.ensemble.RandomForestClassifier.__init__",
        "sklearn.utils.os.system",
        "sklearn.base.clone",
        "sklearn.utils._testing.os",
        "sklearn.__builtins__.eval",
        "sklearn.externals.array_api_compat.numpy.os",
        "sklearn.conftest.pytest",
        "sklearn.tests.test_base.MyEstimator",
        "sklearn.datasets.fetch_openml",
        "sklearn.base.ClassifierMixin",
        "sklearn.ensemble.RandomForestClassifier.fit",
        "sklearn.multiclass.OneVsRestClassifier",
        "sklearn.multioutput.ClassifierChain",
        "sklearn.linear_model.np.frompyfunc",
        "xgboost.sklearn.json.loads",
        "xgboost.testing.os",
        "xgboost.callback.TrainingCallback",
        "xgboost.dask.DaskXGBClassifier",
        "xgboost.spark.SparkXGBClassifier",
        "sklearn.utils.all_estimators",
        "sklearn.utils.warnings",
        "sklearn.model_selection.GridSearchCV",
        "sklearn.ensemble.StackingClassifier",
        "sklearn.semi_supervised.SelfTrainingClassifier",
        "sklearn.base.BaseEstimator",
        "sklearn.ensemble.BaseEnsemble",
        "sklearn.preprocessing.StandardScaler",
        "sklearn.cluster.KMeans",
        "sklearn.pipeline.Pipeline",
        "sklearn.ensemble.RandomForestRegressor",
        "xgboost.Booster",
        "xgboost.core.os.system",
        "xgboost.train",
        "sklearn.ensemble; import os.x",
        "sklearn.ensemble.RandomForestClassifier()",
    ],
)
def test_anything_else_is_refused_with_its_place(path: str) -> None:
    with pytest.raises(ModelError) as raised:
        resolve(path, "binary")
    assert raised.value.key == "model.type"
    assert raised.value.exit_code == 2
    assert not raised.value.retryable


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("sklearn.ensemble.RandomForestClasifier", "did you mean RandomForestClassifier?"),
        ("sklearn.ensembel.RandomForestClassifier", "did you mean ensemble?"),
        ("xgboost.XGBoostClassifier", "did you mean XGBClassifier?"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(path: str, remedy: str) -> None:
    with pytest.raises(ModelError) as raised:
        resolve(path, "binary")
    assert raised.value.remedy == remedy


PACKAGE = """
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
import os

class Always(ClassifierMixin, BaseEstimator):
    def __init__(self, code=0): self.code = code
    def fit(self, X, y): self.classes_ = [0, 1]; return self
    def predict(self, X): return [self.code] * len(X)

def factory(): return Always()
"""


@pytest.fixture
def own_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "own_estimators.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(tmp_path)
    yield "own_estimators"
    sys.modules.pop("own_estimators", None)


def test_a_package_is_used_only_when_it_is_opted_in(own_package: str) -> None:
    with pytest.raises(ModelError, match="may use"):
        resolve(f"{own_package}.Always", "binary")
    assert own_package not in sys.modules, "what is refused is not even imported"
    assert resolve(f"{own_package}.Always", "binary", [own_package]).__name__ == "Always"


@pytest.mark.parametrize("package", ["os", "subprocess", "builtins", "headrace", "mlflow"])
def test_a_package_that_has_no_estimators_cannot_be_opted_in(package: str) -> None:
    with pytest.raises(ModelError, match="may use"):
        resolve(f"{package}.Popen", "binary", [package])


@pytest.mark.parametrize("name", ["factory", "os", "os.system", "RandomForestClassifier"])
def test_an_opted_in_package_gives_its_own_classes_and_nothing_else(own_package: str, name: str) -> None:
    with pytest.raises(ModelError):
        resolve(f"{own_package}.{name}", "binary", [own_package])


def test_the_seed_is_set_where_nothing_else_says_so() -> None:
    path = "sklearn.ensemble.RandomForestClassifier"
    assert create(path, {}, 7, "binary").random_state == 7
    assert create(path, {"random_state": None}, 7, "binary").random_state == 7
    assert create(path, {"random_state": 3}, 7, "binary").random_state == 3
    assert create("sklearn.neighbors.KNeighborsClassifier", {}, 7, "binary").n_neighbors == 5


@pytest.mark.parametrize(
    ("path", "params", "key"),
    [
        ("sklearn.ensemble.RandomForestClassifier", {"n_estimator": 3}, "model.params.n_estimator"),
        ("xgboost.XGBClassifier", {"n_estimator": 3}, "model.params.n_estimator"),
        ("xgboost.XGBClassifier", {"verbosity": 4}, "model.params.verbosity"),
        ("xgboost.XGBClassifier", {"early_stopping_rounds": 4}, "model.params.early_stopping_rounds"),
        (
            "sklearn.ensemble.BaggingClassifier",
            {"estimator": {"_target_": "os.system", "command": "true"}},
            "model.params.estimator",
        ),
        ("xgboost.XGBClassifier", {"callbacks": [{"x": {"_target_": "os.system"}}]}, "model.params.callbacks.0.x"),
    ],
)
def test_parameters_that_cannot_be_are_errors_with_their_place(path: str, params: dict[str, object], key: str) -> None:
    with pytest.raises(ModelError) as raised:
        create(path, params, 0, "binary")
    assert raised.value.key == key
    assert raised.value.remedy
