from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from drafts import draft
from headrace.config.schema.dataset import CsvSource
from headrace.scaffold.decide.draft import Draft
from headrace.scaffold.decide.rehearsal import rehearse
from headrace.scaffold.refusal import RefusalError
from headrace.scaffold.survey.columns import Understood


def _rehearsed(folder: Path, labels: list[str], task: str = "multiclass") -> Draft:
    frame = pl.DataFrame({"size": range(len(labels)), "kind": ["a"] * len(labels), "y": labels})
    frame.write_csv(folder / "shop.csv")
    counts = {label: labels.count(label) for label in dict.fromkeys(labels)}
    base = draft()
    target = replace(base.target, task=task, labels=counts)  # type: ignore[arg-type]
    made = replace(base, source=CsvSource(type="csv", path="shop.csv"), target=target, rows=len(labels), split=None)
    return rehearse(made, Understood(frame, {}, {}), folder / "shop.csv", folder / "scratch")


def test_the_first_split_that_gives_every_part_every_label_is_taken(tmp_path: Path) -> None:
    found = _rehearsed(tmp_path, ["a", "b", "c"] * 30)
    assert found.split is not None
    assert found.split.split.method == "stratified"
    assert not found.target.rare
    parts = {part: pl.read_parquet(tmp_path / "scratch" / "parts" / f"{part}.parquet") for part in ("train", "test")}
    assert sum(part.height for part in parts.values()) == 90


def test_labels_of_one_row_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    found = _rehearsed(tmp_path, ["a", "b"] * 40 + ["lonely"])
    assert found.target.rare == ("lonely",)
    assert found.rows == 80
    assert "lonely" in found.target.notes[-1]
    assert "NOT IN ('lonely')" in found.query()


def test_no_split_at_all_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(RefusalError) as caught:
        _rehearsed(tmp_path, ["a"] * 60 + ["b"], "binary")
    assert caught.value.code == "HR228"
