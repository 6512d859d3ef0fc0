"""Whether predicted probabilities can be taken at their word."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from headrace.report.painting.canvas import sheet, svg
from headrace.report.painting.palette import PALETTE
from headrace.report.painting.values import column, rows_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def calibration(curves: Mapping[str, Any], info: Mapping[str, Any]) -> str | None:  # noqa: ARG001 (one signature)
    """Observed share over predicted probability by bin, and how many rows get which; None if no bin can be drawn."""
    document = curves.get("calibration")
    points = rows_of(column(document, "predicted"), column(document, "observed"))
    points = sorted(point for point in points if min(point) >= 0 and max(point) <= 1)
    if not points:
        return None
    end = _axis_end(max(map(max, points)))
    figure, axes = sheet()
    axes.set(xlim=(0, end), ylim=(0, end * 1.01), xlabel="Predicted probability", ylabel="Observed share")
    ticks = [end * part / 4 for part in range(5)]
    labels = [f"{tick:.0%}" for tick in ticks]
    axes.set_xticks(ticks, labels)
    axes.set_yticks(ticks, labels)
    _histogram(axes, curves, end)
    axes.plot([0, end], [0, end], color=PALETTE["muted"], linewidth=1, linestyle=(0, (4, 3)))
    axes.annotate(
        "perfect",
        (end * 0.9, end * 0.9),
        (-5, 3),
        textcoords="offset points",
        color=PALETTE["muted"],
        fontsize=9,
        ha="right",
        va="bottom",
    )
    xs, ys = [x for x, _ in points], [y for _, y in points]
    axes.plot(xs, ys, color=PALETTE["accent"], marker="o", markersize=6, markeredgewidth=0, clip_on=False)
    return svg(figure)


def _histogram(axes: Axes, curves: Mapping[str, Any], end: float) -> None:
    """Low bars along the bottom: how often each probability is predicted, events and others together."""
    document = curves.get("score_histogram")
    edges = [edge for (edge,) in rows_of(column(document, "edges"))]
    sides = rows_of(column(document, "negative"), column(document, "positive"))
    counts = [negative + positive for negative, positive in sides]
    if len(edges) != len(counts) + 1 or not counts or max(counts) <= 0:
        return
    heights = [end * 0.16 * max(count, 0) / max(counts) for count in counts]
    widths = [right - left for left, right in pairwise(edges)]
    axes.bar(
        edges[:-1],
        heights,
        widths,
        align="edge",
        color=PALETTE["line"],
        edgecolor=PALETTE["surface"],
        linewidth=0.6,
    )
    axes.text(end * 0.985, end * 0.175, "bars: test rows", color=PALETTE["muted"], fontsize=9, ha="right")


def _axis_end(largest: float) -> float:
    """The end of both axes: whole fifths of the unit leave round ticks and little empty space."""
    return next((end for end in (0.04, 0.08, 0.2, 0.4, 0.6, 0.8) if largest <= end), 1.0)
