"""Pictures of how good a model is, as SVG files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from headrace.report.painting.calibration import calibration
from headrace.report.painting.canvas import settings
from headrace.report.painting.confusion import confusion
from headrace.report.painting.importance import importance
from headrace.report.painting.ranking import precision_recall, roc
from headrace.report.painting.regression import predicted_vs_actual, residuals

Painter = Callable[[Mapping[str, Any], Mapping[str, Any]], str | None]

#: Task -> its pictures. To add one: write its painter and name it here.
PICTURES: Mapping[str, tuple[Painter, ...]] = {
    "binary": (roc, precision_recall, calibration, confusion, importance),
    "multiclass": (confusion, importance),
    "regression": (predicted_vs_actual, residuals, importance),
}


def draw(curves: Mapping[str, Any], info: Mapping[str, Any], folder: Path) -> list[str]:
    """Write the pictures of a task as `NAME.svg` into `folder`, and return the names of those that could be drawn.

    `curves` is `curves.json`; `info` is `model.json` with `metrics.json` as its `metrics`. A picture whose data is
    missing, empty or not finite is left out. The same data gives the same bytes.
    """
    names = []
    folder.mkdir(parents=True, exist_ok=True)
    with settings():
        for paint in PICTURES.get(str(info.get("task")), ()):
            picture = paint(curves, info)
            if picture is not None:
                name = f"{paint.__name__}.svg"
                (folder / name).write_text(picture, encoding="utf-8", newline="\n")
                names.append(name)
    return names
