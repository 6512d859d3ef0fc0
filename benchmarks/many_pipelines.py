"""A project of many pipelines: this one's option files, and pipeline files as a team writes them."""

from __future__ import annotations

import shutil
from pathlib import Path

from pairs import PROJECT

#: Pipeline of this project -> the models that its copies choose from.
_KINDS = {
    "flight_delays": ("xgboost_classifier", "random_forest_classifier", "hist_gradient_boosting_classifier"),
    "wine_cultivars": ("random_forest_classifier", "logistic_regression"),
    "diabetes_progression": ("ridge", "random_forest_regressor"),
}


def make_project(folder: Path, count: int) -> list[str]:
    """Write `conf/` with that many pipelines, no two alike; returns their names."""
    shutil.copytree(PROJECT / "conf", folder / "conf", ignore=shutil.ignore_patterns("pipeline"))
    (folder / "conf" / "pipeline").mkdir()
    return [add_pipeline(folder, number) for number in range(count)]


def add_pipeline(folder: Path, number: int) -> str:
    """Write the pipeline file of that number; returns its name."""
    kind = list(_KINDS)[number % len(_KINDS)]
    models = _KINDS[kind]
    model = models[number // len(_KINDS) % len(models)]
    text = (PROJECT / "conf" / "pipeline" / f"{kind}.yaml").read_text(encoding="utf-8")
    lines = [_with_model(line, model) for line in text.splitlines()]
    name = f"{kind}_{number:04d}"
    own = [f"seed: {number}", f"notify: [{{type: log}}]  # of {name}"]
    path = folder / "conf" / "pipeline" / f"{name}.yaml"
    path.write_text("\n".join([*lines, *own]) + "\n", encoding="utf-8")
    return name


def _with_model(line: str, model: str) -> str:
    return f"  - /model: {model}" if line.startswith("  - /model:") else line
