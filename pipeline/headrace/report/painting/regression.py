"""How near predicted numbers come to the true ones."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from headrace.report.painting.canvas import sheet, svg
from headrace.report.painting.palette import PALETTE
from headrace.report.painting.values import column, rows_of, target_name, tick

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_DOTS = 1000


def predicted_vs_actual(curves: Mapping[str, Any], info: Mapping[str, Any]) -> str | None:
    """A dot per row around the line on which predictions are right; None without rows."""
    document = curves.get("predicted_vs_actual")
    points = rows_of(column(document, "actual"), column(document, "predicted"))
    if not points:
        return None
    points = points[:: -(-len(points) // _MOST_DOTS)]
    low, high = min(map(min, points)), max(map(max, points))
    margin = (high - low) * 0.04 or abs(high) * 0.1 or 1.0
    ends = (low - margin, high + margin)
    figure, axes = sheet(left=0.8)
    target = target_name(info)
    axes.set(xlim=ends, ylim=ends, xlabel=f"Actual{target}", ylabel=f"Predicted{target}")
    axes.plot(ends, ends, color=PALETTE["muted"], linewidth=1, linestyle=(0, (4, 3)))
    axes.annotate(
        "exact",
        (0.97, 0.97),
        (-8, 0),
        xycoords="axes fraction",
        textcoords="offset points",
        color=PALETTE["muted"],
        fontsize=9,
        ha="right",
        va="top",
    )
    axes.xaxis.set_major_formatter(tick)
    axes.yaxis.set_major_formatter(tick)
    _dots(axes, points)
    return svg(figure)


def _dots(axes: Axes, points: list[tuple[float, ...]]) -> None:
    """Dots as strokes of no length with round ends: a quarter of the bytes of markers.

    One path does not darken where it meets itself, so neighbours are dealt out over four.
    """
    groups = 1 if len(points) < 40 else 4
    for start in range(groups):
        xs: list[float] = []
        ys: list[float] = []
        for x, y in points[start::groups]:
            xs += [x, x, float("nan")]
            ys += [y, y, float("nan")]
        axes.plot(xs, ys, color=PALETTE["accent"], linewidth=5, alpha=0.45)


def residuals(curves: Mapping[str, Any], info: Mapping[str, Any]) -> str | None:
    """A histogram of actual minus predicted; None without rows in it."""
    document = curves.get("residuals")
    edges = [edge for (edge,) in rows_of(column(document, "edges"))]
    counts = [count for (count,) in rows_of(column(document, "counts", "count"))]
    if len(edges) != len(counts) + 1 or not any(count > 0 for count in counts) or sorted(edges) != edges:
        return None
    from matplotlib.ticker import MaxNLocator

    figure, axes = sheet(left=0.8)
    widths = [right - left for left, right in pairwise(edges)]
    axes.bar(
        edges[:-1], counts, widths, align="edge", color=PALETTE["accent"], edgecolor=PALETTE["surface"], linewidth=0.8
    )
    axes.axvline(0, color=PALETTE["ink"], linewidth=1)
    axes.annotate(
        "exact",
        (0, 1),
        (4, -2),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        color=PALETTE["muted"],
        fontsize=9,
        va="top",
    )
    axes.set(xlabel=f"Actual \N{MINUS SIGN} predicted{target_name(info)}", ylabel="Rows")
    axes.grid(visible=False, axis="x")
    axes.xaxis.set_major_formatter(tick)
    axes.yaxis.set_major_formatter(tick)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return svg(figure)
