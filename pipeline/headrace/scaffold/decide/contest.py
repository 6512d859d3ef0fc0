"""Which model: on a small table a few are tried on the training rows; on a large one boosting is known to do well."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import stdev
from typing import TYPE_CHECKING, Any

import yaml

from headrace.config.schema.modelling import GroupedSplit, Model, Target, TimeSplit
from headrace.scaffold.decide.draft import Draft
from headrace.scaffold.decide.folds import folds

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from headrace.models.table import Labels

#: Trying models pays below this many training rows.
_ROWS_TO_TRY = 10_000
_SECONDS = 4.0
"""Of processor time: after this no further fold or candidate is begun."""
#: Rows times features times labels.
_MOST_WORK = 600_000
_MANY_LABELS = 5
_BETTER = 0.01
"""How much better, in the score's own unit, another model must be than boosting."""
_MOVES = "the level of a number moves with time, so that the newest rows may be unlike all before them"
_WEAK = "where it was tried, no model was surely better than guessing"
_BOOSTING = "hist_gradient_boosting"
_BINS = 255


@dataclass(frozen=True, slots=True)
class Candidate:
    """An option of the group `model`, and the values that the pipeline would change in it."""

    option: str
    changes: dict[str, Any]
    label: str


def choose_model(draft: Draft, options: Path, folder: Path, seed: int) -> Draft:
    """The draft with a model. `options` is a folder of option files, `folder` has the parts of the rehearsal."""
    candidates = _candidates(draft, "native" if _fit_bins(draft, folder) else "ordinal")
    assert draft.split is not None
    if draft.split.has_validation or draft.rows > _ROWS_TO_TRY:
        note = f"{draft.rows:,} rows: boosting, stopped when the validation part no longer improves"
        moves = isinstance(draft.split.split, TimeSplit) and draft.target.task == "regression"
        return replace(_with(draft, candidates[0], options, (note,)), doubt=_MOVES if moves else "")
    if _work(draft) > _MOST_WORK:
        return _with(draft, candidates[0], options, ("boosting: trying other models would take more than seconds",))
    with _one_thread():
        scores = _scores(draft, candidates, options, folder, seed)
    means = {place: sum(found) / len(found) for place, found in scores.items()}
    best = max(means, key=lambda place: means[place])
    if not _is_better(scores[best], scores[0]):
        best = 0
    metric = _METRIC[draft.target.task]
    shown = ", ".join(f"{candidates[place].label} {mean:.3f}" for place, mean in means.items())
    note = f"tried on parts of the training rows alone, mean {metric}: {shown}"
    chosen = _with(draft, candidates[best], options, (note,))
    return replace(chosen, doubt="" if _is_sure(scores[best], draft) else _WEAK)


def _work(draft: Draft) -> int:
    """What one fit costs, about: boosting grows a tree for every label in every round."""
    trees = len(draft.target.labels or {}) if draft.target.task == "multiclass" else 1
    return draft.rows * len(draft.features.names) * trees


def _guessed(draft: Draft) -> float:
    """The score of who knows nothing but the target."""
    if draft.target.task == "multiclass":
        counts = (draft.target.labels or {}).values()
        return max(counts, default=0) / max(sum(counts), 1)
    return 0.5 if draft.target.task == "binary" else 0.0


def _is_sure(scores: Sequence[float], draft: Draft) -> bool:
    """Whether the test part will hardly show less than guessing.

    Its noise is that of the folds, or of a share of right answers in a quarter of the rows.
    """
    guessed, mean = _guessed(draft), sum(scores) / len(scores)
    chance = 0.0 if draft.target.task == "regression" else 0.5 / (draft.rows / 4) ** 0.5
    noise = max(chance, stdev(scores) if len(scores) > 1 else 0.0)
    return min(scores) > guessed and mean - 2 * noise > guessed


def _is_better(scores: Sequence[float], than: Sequence[float]) -> bool:
    """By more than the margin, and by more than the folds differ among themselves."""
    gaps = [one - other for one, other in zip(scores, than, strict=True)]
    gap = sum(gaps) / len(gaps)
    if len(gaps) == 1:
        return gap > 5 * _BETTER
    noise: float = stdev(gaps) / len(gaps) ** 0.5
    return gap > max(_BETTER, 1.5 * noise)


@contextmanager
def _one_thread() -> Iterator[None]:
    """On a table this small, threads wait for each other longer than they work."""
    from headrace.models.threads import wait_politely

    wait_politely()  # before the libraries are loaded
    import sklearn.ensemble  # noqa: F401 - only loaded libraries can be limited
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield


#: For tables in which there is little to learn.
_SIMPLER = {"ridge": {"alpha": 100.0}, "logistic_regression": {"C": 0.05}}
_METRIC = {"binary": "roc_auc", "multiclass": "accuracy", "regression": "r2"}


def _fit_bins(draft: Draft, folder: Path) -> bool:
    """Whether boosting has a bin for every category. Of very many it would learn the rows by heart."""
    if not draft.categorical:
        return True
    import polars as pl

    counts = pl.scan_parquet(folder / "parts" / "train.parquet").select(pl.col(draft.categorical).n_unique()).collect()
    return bool(max(counts.row(0)) < _BINS)


def _candidates(draft: Draft, encode: str) -> list[Candidate]:
    kind = "regressor" if draft.target.task == "regression" else "classifier"
    boosting = f"{_BOOSTING}_{kind}"
    assert draft.split is not None
    if draft.split.has_validation:
        rate: dict[str, Any] = {"learning_rate": 0.1, "max_leaf_nodes": 31}
        if len(draft.target.labels or {}) > _MANY_LABELS:
            rate["max_iter"] = 150  # a round grows a tree for every label
        return [Candidate(boosting, {"params": rate, **_categories(draft, encode=encode)}, "boosting")]
    plain = {"params": {"max_iter": 100, "learning_rate": 0.1, "max_leaf_nodes": 31}, "early_stopping": None}
    slow = {"params": {"max_iter": 200, "learning_rate": 0.04, "max_leaf_nodes": 12}, "early_stopping": None}
    forest = {"params": {"n_estimators": 200, "max_depth": None, "min_samples_leaf": 1}}
    linear = "ridge" if draft.target.task == "regression" else "logistic_regression"
    found = [
        Candidate(boosting, {**plain, **_categories(draft, encode=encode)}, "boosting"),
        Candidate(linear, {}, linear.replace("_", " ")),
        Candidate(linear, {"params": _SIMPLER[linear]}, f"simpler {linear.replace('_', ' ')}"),
        Candidate(boosting, {**slow, **_categories(draft)}, "slower boosting"),
        Candidate(f"random_forest_{kind}", {**forest, **_categories(draft)}, "random forest"),
    ]
    if draft.categorical:
        hot = {"preprocessing": {"categorical": {"encode": "one_hot", "min_frequency": 5}}}
        found.insert(3, Candidate(boosting, {**plain, **hot}, "boosting on one-hot categories"))
    return found


def _categories(draft: Draft, **steps: Any) -> dict[str, Any]:
    """Steps for categories besides the option's own; where a column has many values, the rare ones are one."""
    if any(column.role == "categorical" and column.why for column in draft.columns):
        steps["min_frequency"] = 5
    return {"preprocessing": {"categorical": steps}} if draft.categorical and steps else {}


def _with(draft: Draft, candidate: Candidate, options: Path, notes: Sequence[str]) -> Draft:
    model = model_of(candidate, options)
    changes = candidate.changes
    return replace(draft, model_option=candidate.option, model_changes=changes, model=model, model_notes=tuple(notes))


def model_of(candidate: Candidate, options: Path) -> Model:
    """The option file with the changes merged into it, as composition merges them."""
    values = yaml.safe_load((options / f"{candidate.option}.yaml").read_text(encoding="utf-8"))
    return Model.model_validate(_merged(values, candidate.changes))


def _merged(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = dict(values)
    for key, change in changes.items():
        is_deeper = isinstance(change, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merged(merged[key], change) if is_deeper else change
    return merged


def _scores(
    draft: Draft, candidates: Sequence[Candidate], options: Path, folder: Path, seed: int
) -> dict[int, list[float]]:
    """Candidate by its place -> its scores on the folds, fold by fold until the time is up."""
    from headrace.models.table import encoded_target, feature_inputs, find_labels, read_part

    target = Target(column=draft.target.column, positive=draft.target.positive)
    assert draft.split is not None
    split = draft.split.split
    column = (split.column,) if isinstance(split, TimeSplit | GroupedSplit) else ()
    frame = read_part(folder / "parts" / "train.parquet", "training", target, draft.features, column)
    if isinstance(split, TimeSplit):
        frame = frame.sort_values(split.column, kind="stable", ignore_index=True)
    labels = None
    if draft.target.task != "regression":
        labels = find_labels(frame[target.column], draft.target.task, target.positive)
    inputs = feature_inputs(frame, draft.features)
    actual = encoded_target(frame[target.column], draft.target.task, labels)
    scores: dict[int, list[float]] = {place: [] for place in range(len(candidates))}
    started = time.process_time()
    seconds = dict.fromkeys(scores, 0.0)
    for number, (train, test) in enumerate(folds(split, frame, actual, labels is not None, seed)):
        if number and time.process_time() - started + sum(seconds[place] for place in scores) > _SECONDS:
            break
        fold = _Fold(inputs, actual, train, test, labels)
        for place in list(scores):
            begun = time.process_time()
            if not number and place and begun - started > _SECONDS / 2:
                del scores[place]
                continue
            scores[place].append(_score(draft, model_of(candidates[place], options), fold, seed))
            seconds[place] = time.process_time() - begun
    return scores


@dataclass(frozen=True, slots=True)
class _Fold:
    inputs: pd.DataFrame
    actual: npt.NDArray[Any]
    train: npt.NDArray[np.intp]
    test: npt.NDArray[np.intp]
    labels: Labels | None


def _score(draft: Draft, model: Model, fold: _Fold, seed: int) -> float:
    """The score of one model on one fold; what fails counts as the worst."""
    from headrace.errors import HeadraceError
    from headrace.models.assembly import assemble
    from headrace.models.estimators import create
    from headrace.models.fitting import Part, fit

    task = draft.target.task
    params = {**model.params, "n_jobs": 1} if "n_jobs" in model.params else model.params
    estimator = create(model.type, params, seed, task)
    pipeline = assemble(draft.features, model.preprocessing, estimator)
    inputs = fold.inputs.iloc[fold.train].reset_index(drop=True)
    try:
        fitted = fit(pipeline, Part(inputs, fold.actual[fold.train]), None, None)
        return _value(task, fitted.model, fold.inputs.iloc[fold.test], fold.actual[fold.test])
    except (HeadraceError, ValueError, IndexError):  # a fold may lack a label
        return -1.0


def _value(task: str, model: Any, inputs: pd.DataFrame, actual: npt.NDArray[Any]) -> float:
    from sklearn.metrics import accuracy_score, r2_score, roc_auc_score

    if task == "regression":
        return float(r2_score(actual, model.predict(inputs)))
    if task == "binary" and len(set(actual.tolist())) == 2:
        return float(roc_auc_score(actual, model.predict_proba(inputs)[:, 1]))
    return float(accuracy_score(actual, model.predict(inputs)))
