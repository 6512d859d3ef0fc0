"""Which features the model leans on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from headrace.report.painting.canvas import sheet, svg
from headrace.report.painting.palette import PALETTE
from headrace.report.painting.values import clean, column, finite

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_BARS = 20
_LONGEST_NAME = 26


def importance(curves: Mapping[str, Any], info: Mapping[str, Any]) -> str | None:  # noqa: ARG001 (one signature)
    """A bar per feature, largest first, twenty at most; None without any."""
    ranked = ranking(curves)
    if not ranked:
        return None
    shown = ranked[:_MOST_BARS]
    names = [clean(name, _LONGEST_NAME) for name, _, _ in shown]
    left = min(0.35 + 0.082 * max(map(len, names)), 2.6)
    figure, axes = sheet(left=left, right=0.62, top=0.06, bottom=0.4, height=0.5 + 0.245 * max(len(shown), 4))
    _bars(axes, shown)
    axes.set_ylim(max(len(shown), 4) - 0.5, -0.5)
    axes.set_yticks(range(len(shown)), names, color=PALETTE["ink"])
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    hidden = len(ranked) - len(shown)
    more = f" · {hidden} smaller ones not shown" if hidden else ""
    note = f"mean ± standard deviation{more}"
    figure.text(0.985, 0.13 / figure.get_figheight(), note, color=PALETTE["muted"], fontsize=9, ha="right")
    return svg(figure)


def _bars(axes: Axes, shown: Sequence[tuple[str, float, float]]) -> None:
    """Bars with their spread and, at the end, their value."""
    means = [mean for _, mean, _ in shown]
    lows = [mean - std for _, mean, std in shown]
    highs = [mean + std for _, mean, std in shown]
    largest = max(map(abs, means))
    axes.set_xlim(min(0.0, *lows), max(0.0, *highs) or largest or 1.0)
    axes.barh(range(len(shown)), means, height=0.62, color=PALETTE["accent"], linewidth=0)
    axes.hlines(range(len(shown)), lows, highs, color=PALETTE["ink"], linewidth=0.9)
    axes.axvline(0, color=PALETTE["muted"], linewidth=0.8)
    digits = next((digits for digits, bound in enumerate((100, 10, 0.1, 0.01)) if largest >= bound), 4)
    for place, (mean, high) in enumerate(zip(means, highs, strict=True)):
        value = f"{mean:z.{digits}f}".replace("-", "\N{MINUS SIGN}")
        offset: dict[str, Any] = {"xytext": (5, 0), "textcoords": "offset points", "annotation_clip": False}
        axes.annotate(value, (max(high, 0), place), fontsize=9, color=PALETTE["muted"], va="center", **offset)


def ranking(curves: Mapping[str, Any]) -> list[tuple[str, float, float]]:
    """(feature, mean, standard deviation), largest mean first; without what is not a finite number."""
    entries = [entry for entry in column(curves, "importance") if isinstance(entry, Mapping)]
    rows = (
        (str(entry.get("feature")), finite(entry.get("mean")), finite(entry.get("std")) or 0.0) for entry in entries
    )
    known = [(name, mean, abs(std)) for name, mean, std in rows if mean is not None]
    return sorted(known, key=lambda row: (-row[1], row[0]))
