from __future__ import annotations

import importlib
import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils import _param_validation as validation

from headrace.errors import HeadraceError
from headrace.models.index import Index, check_params, load_index
from headrace.models.parameters import Problem

FOREST = "sklearn.ensemble.RandomForestClassifier"
XGB = "xgboost.XGBClassifier"
CONF = Path(__file__).parents[2] / "conf" / "model"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


@pytest.fixture(scope="module")
def index(folder: Path) -> Index:
    return load_index(folder)


def one(index: Index, name: str, /, task: str = "binary", **params: Any) -> Problem:
    (problem,) = check_params(index, name, params, task)
    return problem


def test_it_knows_the_estimators_and_their_defaults(index: Index) -> None:
    assert {FOREST, XGB, "sklearn.linear_model.Ridge", "xgboost.XGBRFRegressor"} <= set(index.names())
    forest = index.find(FOREST)
    assert forest is not None
    assert forest.kind == "classifier"
    assert forest.params["n_estimators"].default == 100
    assert [str(form) for form in forest.params["max_depth"].accepted or ()] == ["an integer ≥ 1", "null"]


def test_it_is_built_once(index: Index, folder: Path) -> None:
    (path,) = folder.iterdir()
    before = path.stat().st_mtime_ns
    assert load_index(folder).document == index.document
    assert path.stat().st_mtime_ns == before


def test_a_damaged_index_is_built_again(tmp_path: Path, folder: Path, index: Index) -> None:
    (good,) = folder.iterdir()
    bad = tmp_path / good.name
    bad.write_text(good.read_text()[:1000])
    assert load_index(tmp_path).document == index.document
    assert json.loads(bad.read_text()) == index.document


def test_another_project_of_the_user_takes_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: Index
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    assert load_index(tmp_path / "first").document == index.document
    monkeypatch.setattr("headrace.models.index._build", None)  # nothing is built any more
    assert load_index(tmp_path / "second").document == index.document


def test_an_index_that_cannot_be_built_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sklearn.py").write_text("raise ImportError('scikit-learn is broken here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))  # where no other project left one
    with pytest.raises(HeadraceError, match="scikit-learn is broken here"):
        load_index(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_reading_it_imports_the_standard_library_alone(folder: Path, index: Index) -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "from pathlib import Path\n"
        "from headrace.models.index import check_params, load_index\n"
        f"index = load_index(Path({str(folder)!r}))\n"
        f"assert check_params(index, {FOREST!r}, {{'max_depth': 0}}, 'binary')\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - set(sys.stdlib_module_names) - {'headrace'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=_environment(), check=True)
    assert done.stdout.strip() == "[]"


def _environment() -> dict[str, str]:
    import os

    import headrace

    return {**os.environ, "PYTHONPATH": str(Path(headrace.__file__).parents[1])}


def test_right_parameters_have_no_problems(index: Index) -> None:
    params = {"n_estimators": 8, "max_depth": None, "max_features": 0.5, "min_samples_leaf": 1, "class_weight": {0: 1}}
    assert check_params(index, FOREST, params, "multiclass") == []
    assert check_params(index, "sklearn.linear_model.Ridge", {"alpha": 1, "positive": False}, "regression") == []


@pytest.mark.parametrize("name", ["max_depth", "learning_rate", "objective", "subsample", "enable_categorical"])
def test_null_means_the_default_for_xgboost(index: Index, name: str) -> None:
    assert check_params(index, XGB, {name: None}, "binary") == []


def test_an_unknown_parameter_is_answered_with_what_was_meant(index: Index) -> None:
    problem = one(index, FOREST, n_estimator=3)
    assert problem.key == "model.params.n_estimator"
    assert problem.suggestion == "n_estimators"
    assert "min_samples_leaf" in problem.allowed
    assert one(index, XGB, max_dept=3).suggestion == "max_depth"
    assert one(index, XGB, seed=3).suggestion == "random_state"
    assert one(index, XGB, early_stopping_rounds=3).allowed == "model.early_stopping.rounds"


def test_bounds_types_and_choices(index: Index) -> None:
    assert one(index, FOREST, max_depth=0) == Problem(
        "model.params.max_depth", "max_depth is 0, which is out of bounds", "an integer ≥ 1, or null"
    )
    assert one(index, FOREST, n_estimators="many").message == "n_estimators is the text 'many'"
    assert one(index, FOREST, n_estimators=8.0).suggestion == "8"
    assert one(index, FOREST, n_estimators=True).message == "n_estimators is the boolean true"
    assert one(index, FOREST, criterion="ginni").suggestion == "gini"
    assert one(index, XGB, tree_method="hits").suggestion == "hist"
    assert one(index, XGB, subsample=1.5).allowed == "a number in (0, 1], or null"
    assert one(index, XGB, learning_rate=float("nan")).key == "model.params.learning_rate"
    assert one(index, "sklearn.linear_model.LogisticRegression", C=0).allowed == "a number > 0"


def test_objects_cannot_be_given(index: Index) -> None:
    bagging = "sklearn.ensemble.BaggingClassifier"
    assert one(index, bagging, estimator={"_target_": "os.system"}).key == "model.params.estimator"
    assert one(index, bagging, estimator={"type": "x"}).message == "estimator is a mapping"
    assert one(index, "sklearn.ensemble.StackingClassifier").message.endswith("which YAML cannot give")


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("sklearn.ensemble.RandomForestClasifier", FOREST),
        ("RandomForestClassifier", FOREST),
        ("sklearn.ensemble._forest.RandomForestClassifier", FOREST),
        ("XGBClassifier", XGB),
        ("os.system", None),
    ],
)
def test_an_unknown_estimator(index: Index, name: str, suggestion: str | None) -> None:
    problem = one(index, name)
    assert problem.key == "model.type"
    assert problem.suggestion == suggestion


def test_the_wrong_kind_of_estimator(index: Index) -> None:
    problem = one(index, "sklearn.ensemble.RandomForestClassifier", task="regression")
    assert problem.key == "model.type"
    assert problem.suggestion == "sklearn.ensemble.RandomForestRegressor"


def test_all_problems_come_at_once(index: Index) -> None:
    problems = check_params(index, FOREST, {"max_depth": 0, "criterion": "x", "nothing": 1}, "regression")
    keys = ["model.type", "model.params.max_depth", "model.params.criterion", "model.params.nothing"]
    assert [problem.key for problem in problems] == keys


def test_opted_in_packages_are_left_to_training(index: Index) -> None:
    assert check_params(index, "own.Always", {"x": 1}, "binary", ["own"]) == []
    assert check_params(index, "own.Always", {"x": 1}, "binary") != []
    assert check_params(index, "sklearn.Nothing", {}, "binary", ["sklearn"]) != []


@pytest.mark.parametrize("path", sorted(CONF.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_options_of_this_project_are_right(index: Index, path: Path) -> None:
    from headrace.config.schema.modelling import Model

    model = Model.model_validate(yaml.safe_load(path.read_text()))
    entry = index.find(model.type)
    assert entry is not None
    task = "binary" if entry.kind == "classifier" else "regression"
    assert check_params(index, model.type, model.params, task) == []
    assert path.read_text().startswith("# ")


SKLEARN = ["sklearn.ensemble", "sklearn.linear_model", "sklearn.neighbors", "sklearn.svm", "sklearn.tree"]
VALUES = st.one_of(
    st.none(),
    st.integers(-3, 200),
    st.floats(-2, 3, allow_nan=False),
    st.sampled_from(["gini", "auto", "sqrt", "l2", "squared_error", "rbf", "nothing", "lbfgs", "uniform"]),
)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_it_agrees_with_scikit_learns_own_checks(index: Index, data: st.DataObject) -> None:
    """On every value but booleans, where a parameter that wants a number is held to it."""
    names = [name for name in index.names() if name.rpartition(".")[0] in SKLEARN]
    name = data.draw(st.sampled_from(sorted(names)))
    module, _, class_name = name.rpartition(".")
    cls = getattr(importlib.import_module(module), class_name)
    constraints = {k: c for k, c in cls._parameter_constraints.items() if _is_plain(c)}
    param = data.draw(st.sampled_from(sorted(constraints)))
    value = data.draw(VALUES)
    problems = [p for p in check_params(index, name, {param: value}, "binary") if p.key != "model.type"]
    assert (not problems) == _sklearn_accepts(param, value, constraints[param]), (name, param, value)


def _is_plain(constraints: Any) -> bool:
    return constraints != "no_validation" and not any(
        isinstance(c, validation.Hidden) or (isinstance(c, validation.Options) and c.deprecated) for c in constraints
    )


def _sklearn_accepts(name: str, value: Any, constraints: Any) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            validation.validate_parameter_constraints({name: constraints}, {name: value}, caller_name="x")
        except validation.InvalidParameterError:
            return False
    return True
