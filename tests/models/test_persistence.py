from __future__ import annotations

import io
import os
import subprocess
import sys
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
import skops.io
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_wine
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, normalize
from xgboost import XGBClassifier

import headrace
from headrace.config.schema.modelling import Features, Preprocessing
from headrace.errors import ModelError
from headrace.models.assembly import assemble
from headrace.models.persistence import canonical, save_model
from headrace_features.columns import typed_columns
from learning import late_flights

X, Y = load_wine(return_X_y=True)
FEATURES = Features(numeric=("hour",), categorical=("carrier",))
ESTIMATORS: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "xgboost": (XGBClassifier, {"n_estimators": 10}),
    "forest": (RandomForestClassifier, {"n_estimators": 5, "n_jobs": 2}),
    "hist": (HistGradientBoostingClassifier, {"max_iter": 5}),
    "native": (HistGradientBoostingClassifier, {"max_iter": 5}),
    "logistic": (LogisticRegression, {"max_iter": 200}),
}
PREPROCESSING = {"native": Preprocessing.model_validate({"categorical": {"encode": "native"}})}


def fitted(name: str, seed: int = 0) -> tuple[Pipeline, Any]:
    cls, params = ESTIMATORS[name]
    frame = late_flights(300)
    inputs = typed_columns(frame, FEATURES.numeric, FEATURES.categorical)
    pipeline = assemble(FEATURES, PREPROCESSING.get(name, Preprocessing()), cls(random_state=seed, **params))
    return pipeline.fit(inputs, frame.late.to_numpy(int)), inputs


def digest(name: str, folder: Path, seed: int = 0) -> str:
    path = folder / "model.skops"
    save_model(fitted(name, seed)[0], path)
    return sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ESTIMATORS)
def test_equal_models_have_equal_bytes_in_every_process(name: str, tmp_path: Path) -> None:
    here = digest(name, tmp_path)
    code = (
        "import importlib.util, sys, pathlib\n"
        f"spec = importlib.util.spec_from_file_location('there', {__file__!r})\n"
        "there = importlib.util.module_from_spec(spec); spec.loader.exec_module(there)\n"
        f"print(there.digest({name!r}, pathlib.Path({str(tmp_path)!r})))"
    )
    search = [str(Path(headrace.__file__).parents[1]), str(Path(__file__).parents[1] / "support")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(search), "PYTHONHASHSEED": "12345"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == here


@pytest.mark.parametrize("name", ["forest", "logistic"])
def test_other_models_have_other_bytes(name: str, tmp_path: Path) -> None:
    changed = {"forest": lambda: digest("forest", tmp_path, seed=1)}.get(name, lambda: digest("hist", tmp_path))
    assert changed() != digest(name, tmp_path)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_what_is_loaded_predicts_the_same_and_saves_the_same(name: str, tmp_path: Path) -> None:
    model, inputs = fitted(name)
    trusted = save_model(model, tmp_path / "model.skops")
    loaded = skops.io.load(tmp_path / "model.skops", trusted=list(trusted))
    np.testing.assert_allclose(loaded.predict_proba(inputs), model.predict_proba(inputs), rtol=1e-12)
    assert canonical(skops.io.dumps(loaded)) == (tmp_path / "model.skops").read_bytes()


def test_shared_objects_stay_shared_and_sets_are_sorted() -> None:
    shared = [1.5, {"x": None}]
    value = {"a": shared, "b": shared, "texts": {"pear", "apple", "fig"}, "array": np.arange(3)}
    loaded = skops.io.loads(canonical(skops.io.dumps(value)))
    assert loaded["a"] == shared
    assert loaded["a"] is loaded["b"]
    assert loaded["texts"] == value["texts"]
    np.testing.assert_array_equal(loaded["array"], [0, 1, 2])
    one, other = {0, 8}, {8, 0}
    assert list(one) != list(other), "equal sets in different order"
    assert canonical(skops.io.dumps(one)) == canonical(skops.io.dumps(other))


def test_bytes_between_the_fields_of_a_record_do_not_count() -> None:
    dtype = np.dtype([("a", "i1"), ("b", "i8")], align=True)
    saved = []
    for noise in (0, 255):
        array = np.frombuffer(bytes([noise]) * dtype.itemsize, dtype).copy()
        array["a"], array["b"] = 1, 2
        saved.append(canonical(skops.io.dumps(array)))
    assert saved[0] == saved[1]
    assert skops.io.loads(saved[0]).tolist() == [(1, 2)]


def test_the_archive_tells_no_time_and_no_address() -> None:
    content = canonical(skops.io.dumps(fitted("forest")[0]))
    with ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert len(archive.namelist()) == len(set(archive.namelist()))
        assert str(id(X)) not in archive.read("schema.json").decode()


def test_types_that_a_reader_must_trust_are_listed(tmp_path: Path) -> None:
    assert set(save_model(fitted("xgboost")[0], tmp_path / "m")) == {
        "xgboost.core.Booster",
        "xgboost.sklearn.XGBClassifier",
    }
    assert save_model(fitted("logistic")[0], tmp_path / "m") == ()


class Foreign(ClassifierMixin, BaseEstimator):
    def fit(self, x: Any, y: Any) -> Foreign:
        self.classes_ = [0, 1]
        return self


@pytest.mark.parametrize(
    "step",
    [
        Foreign(),
        FunctionTransformer(os.getcwd),
        FunctionTransformer(skops.io.load),
        FunctionTransformer(normalize),
        FunctionTransformer(partial(os.system, "true")),
        TfidfVectorizer(tokenizer=str.split),
    ],
    ids=["class", "builtin", "function", "own function", "partial", "method"],
)
def test_anything_else_is_refused_and_not_written(step: Any, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as raised:
        save_model(Pipeline([("step", step)]), tmp_path / "model.skops")
    assert raised.value.key == "model.type"
    assert not (tmp_path / "model.skops").exists()
