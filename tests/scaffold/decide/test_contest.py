from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from drafts import draft
from headrace.config.schema.modelling import StratifiedSplit, TimeSplit
from headrace.scaffold.decide.contest import Candidate, choose_model, model_of
from headrace.scaffold.decide.split import SplitChoice
from headrace.scaffold.decide.target import TargetChoice
from headrace.scaffold.project import model_options

CHANCE = np.random.default_rng(4)


def _parts(folder: Path, linear: bool) -> None:
    size, kind = CHANCE.normal(size=150), CHANCE.choice(["a", "b"], 150)
    y = (size + CHANCE.logistic(0, 0.3, 150) > 0) if linear else (np.abs(size) > 0.7)
    (folder / "parts").mkdir()
    pl.DataFrame({"size": size, "kind": kind, "y": y.astype(int)}).write_parquet(folder / "parts" / "train.parquet")


def test_a_linear_table_gets_a_linear_model(tmp_path: Path) -> None:
    _parts(tmp_path, linear=True)
    chosen = choose_model(draft(), model_options(None), tmp_path, 1)
    assert chosen.model_option == "logistic_regression"
    assert "training rows alone" in chosen.model_notes[0]


def test_a_table_with_a_bend_keeps_trees(tmp_path: Path) -> None:
    _parts(tmp_path, linear=False)
    chosen = choose_model(draft(), model_options(None), tmp_path, 1)
    assert chosen.model_option != "logistic_regression"
    assert chosen.model is not None


def test_a_large_table_is_not_tried_on(tmp_path: Path) -> None:
    _parts(tmp_path, linear=True)
    split = SplitChoice(StratifiedSplit(method="stratified", test=0.2, validation=0.1), "", has_validation=True)
    chosen = choose_model(replace(draft(), rows=50_000, split=split), model_options(None), tmp_path, 1)
    assert chosen.model_option == "hist_gradient_boosting_classifier"
    assert chosen.model is not None
    assert chosen.model.early_stopping is not None


def test_of_what_was_not_tried_nothing_is_said_to_have_been(tmp_path: Path) -> None:
    _parts(tmp_path, linear=True)
    split = SplitChoice(TimeSplit(method="time", column="day", test="9d", validation="5d"), "", has_validation=True)
    large = replace(draft(), rows=50_000, split=split, target=TargetChoice("y", "regression"))
    doubt = choose_model(large, model_options(None), tmp_path, 1).doubt
    assert "moves with time" in doubt
    assert "tried" not in doubt


def _with_kinds(folder: Path, count: int) -> dict[str, object]:
    """What is changed in the model of a table whose category has so many values."""
    (folder / "parts").mkdir()
    rows = {"size": [0.0] * 600, "kind": [str(n % count) for n in range(600)], "y": [0, 1] * 300}
    pl.DataFrame(rows).write_parquet(folder / "parts" / "train.parquet")
    split = SplitChoice(StratifiedSplit(method="stratified", test=0.2, validation=0.1), "", has_validation=True)
    return choose_model(replace(draft(), rows=50_000, split=split), model_options(None), folder, 1).model_changes


def test_categories_that_fit_the_bins_are_native(tmp_path: Path) -> None:
    assert _with_kinds(tmp_path, 254)["preprocessing"] == {"categorical": {"encode": "native"}}


def test_categories_of_very_many_values_are_not(tmp_path: Path) -> None:
    assert "native" not in str(_with_kinds(tmp_path, 255))


def test_what_is_hardly_better_than_guessing_is_doubted(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    size, kind = CHANCE.normal(size=150), CHANCE.choice(["a", "b"], 150)
    y = CHANCE.random(150) < 0.5
    pl.DataFrame({"size": size, "kind": kind, "y": y.astype(int)}).write_parquet(tmp_path / "parts" / "train.parquet")
    assert "guessing" in choose_model(draft(), model_options(None), tmp_path, 1).doubt


def test_changes_are_merged_into_the_option_as_composition_does() -> None:
    candidate = Candidate("ridge", {"params": {"alpha": 3.0}}, "")
    model = model_of(candidate, model_options(None))
    assert model.params["alpha"] == 3.0
    assert model.params["fit_intercept"] is True
    assert model.preprocessing.numeric.impute == "median"
