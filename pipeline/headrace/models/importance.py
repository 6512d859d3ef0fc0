"""Permutation importance: how much worse a metric gets when a feature's values are shuffled (Breiman, 2001)."""

from __future__ import annotations

from typing import Any, TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from headrace.config.schema.modelling import Task
from headrace.models.metric_names import METRICS
from headrace.models.metrics import compute, scored
from headrace_features.scoring import Scorer

MAX_ROWS = 5_000
REPEATS = 3
#: The most rows that are scored in all: fewer are drawn where there are many features.
BUDGET = 100_000
_FALLBACK = {"binary": "accuracy", "multiclass": "accuracy", "regression": "root_mean_squared_error"}


class Importance(TypedDict):
    """Mean and spread, over the shuffles, of how much the metric got worse."""

    feature: str
    mean: float
    std: float


def permutation_importance(
    scorer: Scorer, inputs: pd.DataFrame, actual: npt.NDArray[Any], metric: str, seed: int
) -> tuple[str, list[Importance]]:
    """The metric that was used, and the importance of each feature, the largest first.

    `inputs` are typed columns, `actual` the encoded target. Another metric is used where the one asked for cannot be
    computed on the rows that are drawn.
    """
    random = np.random.default_rng(seed)
    size = max(1, min(len(inputs), MAX_ROWS, BUDGET // (REPEATS * inputs.shape[1])))
    drawn = random.choice(len(inputs), size, replace=False)
    inputs, actual = inputs.iloc[drawn].reset_index(drop=True), actual[drawn]
    task: Task = scorer.info["task"]

    def values(frame: pd.DataFrame, name: str) -> list[float | None]:
        """The metric of each block of `size` rows."""
        predictions = scorer.score(frame)
        blocks = [predictions.iloc[start : start + size] for start in range(0, len(frame), size)]
        return [compute(task, [name], scored(actual, block, task, scorer.info))[name] for block in blocks]

    before = values(inputs, metric)[0]
    if before is None:
        metric = _FALLBACK[task]
        before = values(inputs, metric)[0]
    if before is None:
        return metric, []
    sign = 1 if METRICS[task][metric] == "max" else -1
    found = []
    for feature in inputs.columns:
        shuffled = pd.concat([inputs] * REPEATS, ignore_index=True)
        order = np.concatenate([random.permutation(size) for _ in range(REPEATS)])
        shuffled[feature] = inputs[feature].to_numpy()[order]
        drops = [sign * (before - after) for after in values(shuffled, metric) if after is not None]
        if drops:
            found.append(Importance(feature=feature, mean=float(np.mean(drops)), std=float(np.std(drops))))
    return metric, sorted(found, key=lambda importance: -importance["mean"])
