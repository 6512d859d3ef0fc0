"""How well scores put events before the rest: ROC and precision-recall curves."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from headrace.report.painting.canvas import sheet, svg, unit_axes
from headrace.report.painting.palette import PALETTE
from headrace.report.painting.values import column, finite, rows_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def roc(curves: Mapping[str, Any], info: Mapping[str, Any]) -> str | None:
    """The ROC curve with its area; None if fewer than two points can be drawn."""
    document = curves.get("roc")
    points = rows_of(column(document, "fpr"), column(document, "tpr"))
    if len(points) < 2:
        return None
    figure, axes = sheet()
    unit_axes(axes, "False positive rate", "True positive rate")
    axes.plot([0, 1], [0, 1], color=PALETTE["muted"], linewidth=1, linestyle=(0, (4, 3)))
    axes.text(0.72, 0.685, "guessing", color=PALETTE["muted"], fontsize=9, ha="left", va="top")
    _curve(axes, points)
    area = _metric(info, "roc_auc")
    _headline(axes, 0.965, 0.1, "ROC AUC", _area(points) if area is None else area)
    return svg(figure)


def precision_recall(curves: Mapping[str, Any], info: Mapping[str, Any]) -> str | None:
    """Precision over recall, with the share of events that guessing would find; None without two points."""
    document = curves.get("precision_recall")
    points = rows_of(column(document, "recall"), column(document, "precision"))
    if len(points) < 2:
        return None
    if points[0][0] > points[-1][0]:
        points.reverse()
    figure, axes = sheet()
    unit_axes(axes, "Recall", "Precision")
    base = base_rate(curves)
    if base is not None:
        axes.axhline(base, color=PALETTE["muted"], linewidth=1, linestyle=(0, (4, 3)))
        below = base > 0.9
        axes.annotate(
            f"guessing {base:.1%}",
            (0.02, base),
            (0, -4 if below else 4),
            textcoords="offset points",
            color=PALETTE["muted"],
            fontsize=9,
            va="top" if below else "bottom",
        )
    _curve(axes, points)
    average = _metric(info, "average_precision")
    if average is not None:
        _headline(axes, 0.965, 0.86, "average precision", average)
    return svg(figure)


def base_rate(curves: Mapping[str, Any]) -> float | None:
    """Share of test rows that are the event, from the binary confusion matrix (rows are what was true)."""
    counts = column(curves.get("confusion"), "counts")
    if len(counts) != 2 or not all(isinstance(row, list | tuple) for row in counts):
        return None
    sums = [sum(finite(cell) or 0 for cell in row) for row in counts]
    return sums[1] / sum(sums) if sum(sums) > 0 else None


def _curve(axes: Axes, points: list[tuple[float, ...]]) -> None:
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    axes.fill_between(xs, ys, color=PALETTE["accent"], alpha=0.1, linewidth=0)
    axes.plot(xs, ys, color=PALETTE["accent"], clip_on=False)


def _headline(axes: Axes, x: float, y: float, name: str, value: float) -> None:
    """The one number of the picture, where the curve leaves room."""
    place: dict[str, Any] = {"ha": "right", "transform": axes.transAxes}
    axes.text(x, y, f"{value:.3f}", fontsize=19, fontweight="bold", color=PALETTE["accent"], **place)
    axes.text(x, y - 0.055, name, fontsize=9.5, color=PALETTE["muted"], **place)


def _metric(info: Mapping[str, Any], name: str) -> float | None:
    metrics = info.get("metrics")
    test = metrics.get("test") if isinstance(metrics, Mapping) else None
    return finite(test.get(name)) if isinstance(test, Mapping) else None


def _area(points: list[tuple[float, ...]]) -> float:
    """Area under the points by the trapezoid rule."""
    return sum((right[0] - left[0]) * (right[1] + left[1]) / 2 for left, right in pairwise(points))
