"""Scores tables with a saved model; MLflow loads models through `_load_pyfunc`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from headrace_features.columns import InputError, category_text, typed_columns

__all__ = ["InputError", "Scorer", "load"]

MODEL_FILE = "model.skops"
INFO_FILE = "model.json"


class Scorer:
    """A fitted scikit-learn pipeline, and what `model.json` says about its columns and labels."""

    def __init__(self, model: Any, info: Mapping[str, Any]) -> None:
        self.model = model
        self.info = info

    def inputs(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The columns that the pipeline takes, typed as in training. Raises InputError."""
        features = self.info["features"]
        return typed_columns(frame, features["numeric"], features["categorical"], self.info["input_dtypes"])

    def predict(self, frame: pd.DataFrame, params: Mapping[str, Any] | None = None) -> pd.DataFrame:  # noqa: ARG002
        """One row per row of `frame`, under the same index.

        Regression: `prediction`. Binary: `prediction` (a label) and `probability` of the positive label.
        Multiclass: `prediction` and `probability_LABEL` for each label. A classifier without probabilities gives
        `score` (its decision function) where the task is binary. Raises InputError, and what the estimator raises.
        `params` is there for MLflow, which passes it; nothing is set by it.
        """
        scored = self.score(self.inputs(frame))
        return scored.set_axis(frame.index)

    def score(self, inputs: pd.DataFrame) -> pd.DataFrame:
        """As `predict`, for columns that `inputs` has typed."""
        estimator = self.model.steps[-1][1]
        matrix = self.model[:-1].transform(inputs)
        if self.info["task"] == "regression":
            return pd.DataFrame({"prediction": np.asarray(estimator.predict(matrix), dtype=np.float64).ravel()})
        labels = self.info["labels"]
        probability = _probabilities(estimator, matrix, len(labels))
        # Where a decision function exists, the estimator may decide otherwise than by its probabilities.
        if probability is None or hasattr(estimator, "decision_function"):
            codes = estimator.predict(matrix).astype(np.intp)
        else:
            codes = np.argmax(probability, axis=1)
        scores = self._scores(estimator, matrix, probability)
        return pd.DataFrame({"prediction": _label_column(labels, codes), **scores})

    def _scores(
        self, estimator: Any, matrix: Any, probability: npt.NDArray[np.float64] | None
    ) -> dict[str, npt.NDArray[np.float64]]:
        binary = self.info["task"] == "binary"
        if probability is None:
            has_score = binary and hasattr(estimator, "decision_function")
            return {"score": np.asarray(estimator.decision_function(matrix), np.float64)} if has_score else {}
        if binary:
            return {"probability": probability[:, 1]}
        return {probability_column(label): probability[:, code] for code, label in enumerate(self.info["labels"])}


def probability_column(label: Any) -> str:
    """Name of the column with the probability of one label among many."""
    return f"probability_{category_text(label)}"


def load(model_dir: str | Path) -> Scorer:
    """The scorer of a folder with `model.skops` and `model.json`."""
    folder = Path(model_dir)
    return load_files(folder / MODEL_FILE, folder / INFO_FILE)


def load_files(model_file: Path, info_file: Path) -> Scorer:
    """The scorer of a model and its description, wherever the two files are.

    Nothing but the types that the description names is loaded, and no code is run from the files.
    """
    import skops.io

    info = json.loads(info_file.read_text(encoding="utf-8"))
    model = skops.io.load(model_file, trusted=info["trusted_types"])
    _settle_threads(model.steps[-1][1])
    return Scorer(model, info)


def _load_pyfunc(path: str) -> Scorer:
    """What MLflow calls for `loader_module: headrace_features.scoring`; `path` is the model's data folder."""
    return load(path)


def _settle_threads(estimator: Any) -> None:
    """One thread for scikit-learn: its forests add up what their threads give in whatever order they finish."""
    if type(estimator).__module__.startswith("sklearn.") and "n_jobs" in estimator.get_params(deep=False):
        estimator.set_params(n_jobs=1)


def _probabilities(estimator: Any, matrix: Any, n_labels: int) -> npt.NDArray[np.float64] | None:
    """Rows by labels; None if the estimator has no probabilities. A label that it never saw has probability 0."""
    if not hasattr(estimator, "predict_proba"):
        return None
    seen = np.asarray(estimator.predict_proba(matrix), dtype=np.float64)
    if seen.shape[1] == n_labels:
        return seen
    whole = np.zeros((len(seen), n_labels))
    whole[:, np.asarray(estimator.classes_, dtype=np.intp)] = seen
    return whole


def _label_column(labels: Sequence[Any], codes: npt.NDArray[np.intp]) -> pd.Series[Any]:
    """Labels by code, in the narrowest type that holds them all: booleans, integers, floats or text."""
    return pd.Series(pd.Series(list(labels)).to_numpy()[codes])
