"""Real tables go new -> lint -> run without an edit, and the model is worth having."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects import copy_of_repository
from real_tables import TABLES, RealTable

_LEAST = {"roc_auc": 0.6, "accuracy": 0.5, "r2": 0.2}
#: Chance, or what changed since the training part, decides more than the columns do.
_HARD = ("weather", "heating", "hitters", "doctor", "flights", "flights_all")


@pytest.mark.parametrize("table", [table for table in TABLES if table.quick], ids=lambda table: table.name)
def test_a_table_becomes_a_model(table: RealTable, tmp_path: Path) -> None:
    _becomes_a_model(table, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("table", [table for table in TABLES if not table.quick], ids=lambda table: table.name)
def test_another_table_becomes_a_model(table: RealTable, tmp_path: Path) -> None:
    pytest.importorskip("ISLP")
    _becomes_a_model(table, tmp_path)


def _becomes_a_model(table: RealTable, folder: Path) -> None:
    project = copy_of_repository(folder / "project", pipelines=[])
    path = table.write(folder)

    made = project.headrace("new", table.name, "--data", str(path), "--target", table.target, *table.words)
    linted = project.headrace("lint", table.name)
    document = project.run(table.name)

    assert made.code == 0, made.out + made.err
    assert linted.code == 0, linted.out
    assert document["model"]["alias"] == "champion"
    metric, score = next(iter(document["metrics"]["test"].items()))
    assert score > _LEAST[metric] or table.name in _HARD
