"""What was predicted for what was true, class by class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headrace.report.painting.canvas import HEIGHT, WIDTH, sheet, svg
from headrace.report.painting.palette import PALETTE
from headrace.report.painting.values import clean, column, finite, target_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_CLASSES = 12
#: Up to here a cell has room for its share below its count.
_FEW_CLASSES = 6
#: Inches that a character takes.
_CHARACTER = 0.085


@dataclass(frozen=True, slots=True)
class _Matrix:
    """Counts by true (rows) and predicted (columns) class."""

    names: list[str]
    counts: list[list[float]]
    has_rest: bool = False
    """Whether the last class is several rare ones put together: hits among them may be misses."""

    @property
    def size(self) -> int:
        return len(self.names)


def confusion(curves: Mapping[str, Any], info: Mapping[str, Any]) -> str | None:
    """Counts, and shares of each true class; the rarest of many classes are put together. None without counts."""
    labels, counts = matrix(curves.get("confusion"))
    if not labels or not any(map(sum, counts)):
        return None
    table = _largest(labels, counts)
    longest = max(map(len, table.names))
    left = 0.5 + _CHARACTER * longest
    turned = table.size * (longest + 2) * _CHARACTER > WIDTH - left
    top = 0.62 + 0.6 * _CHARACTER * longest if turned else 0.68
    right = 0.08 + 0.7 * _CHARACTER * len(table.names[-1]) if turned else 0.1
    figure, axes = sheet(left=left, right=right, bottom=0.08, top=top, height=HEIGHT + top - 0.68)
    _cells(axes, table)
    axes.set(xlim=(-0.5, table.size - 0.5), ylim=(table.size - 0.5, -0.5))
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.xaxis.set_ticks_position("top")
    axes.xaxis.set_label_position("top")
    turn: dict[str, Any] = {"rotation": 35, "ha": "left", "rotation_mode": "anchor"} if turned else {}
    axes.set_xticks(range(table.size), table.names, color=PALETTE["ink"], **turn)
    axes.set_yticks(range(table.size), table.names, color=PALETTE["ink"])
    target = target_name(info)
    axes.set_xlabel(f"Predicted{target}", labelpad=9)
    axes.set_ylabel(f"Actual{target}", labelpad=9)
    return svg(figure)


def matrix(document: Any) -> tuple[list[str], list[list[float]]]:
    """Labels and a square of counts; both empty where the document has no such square."""
    labels = [str(label) for label in column(document, "labels")]
    rows = [row for row in column(document, "counts") if isinstance(row, list | tuple)]
    counts = [[max(finite(cell) or 0.0, 0.0) for cell in row] for row in rows]
    if len(counts) != len(labels) or any(len(row) != len(labels) for row in counts):
        return [], []
    return labels, counts


def _largest(labels: list[str], counts: list[list[float]]) -> _Matrix:
    """At most a dozen classes: the largest by true rows, and the rest as one."""
    names = [clean(label, 16 if len(labels) < 5 else 12) for label in labels]
    if len(labels) <= _MOST_CLASSES:
        return _Matrix(names, counts)
    by_size = sorted(range(len(labels)), key=lambda i: (-sum(counts[i]), i))
    kept, rest = sorted(by_size[: _MOST_CLASSES - 1]), by_size[_MOST_CLASSES - 1 :]
    groups = [[i] for i in kept] + [rest]
    merged = [[sum(counts[i][j] for i in rows for j in columns) for columns in groups] for rows in groups]
    return _Matrix([*(names[i] for i in kept), f"{len(rest)} others"], merged, has_rest=True)


def _cells(axes: Axes, table: _Matrix) -> None:
    for i, row in enumerate(table.counts):
        total = sum(row)
        for j, count in enumerate(row):
            share = count / total if total else 0.0
            _ground(axes, table, (i, j), share)
            if count or table.size <= _FEW_CLASSES:
                _numbers(axes, table, (i, j), count, share)


def _ground(axes: Axes, table: _Matrix, cell: tuple[int, int], share: float) -> None:
    """The deeper the colour, the larger the share; what is wrong has the second colour."""
    from matplotlib.patches import Rectangle

    i, j = cell
    rest = table.has_rest and i == j == table.size - 1
    colour = PALETTE["muted" if rest else "accent" if i == j else "second"]
    shades = [(PALETTE["line"], 0.35)] if table.size <= _FEW_CLASSES else []
    shades += [(colour, round(0.55 * share, 3))] if share >= 0.005 else []
    for shade, alpha in shades:
        axes.add_patch(Rectangle((j - 0.48, i - 0.48), 0.96, 0.96, color=shade, alpha=alpha, linewidth=0))


def _numbers(axes: Axes, table: _Matrix, cell: tuple[int, int], count: float, share: float) -> None:
    i, j = cell
    few = table.size <= _FEW_CLASSES
    axes.text(
        j,
        i - (0.04 if few else -0.1),
        f"{count:,.0f}" if few else _shortened(count),
        fontsize=max(15 - 1.25 * table.size, 7),
        fontweight="bold" if i == j else "normal",
        ha="center",
    )
    if few:
        name = table.names[i]
        of = f" of actual {name}" if table.size == 2 and len(name) <= 10 else ""
        axes.text(j, i + 0.14, f"{share:.0%}{of}", fontsize=9, ha="center", va="center")


def _shortened(count: float) -> str:
    """At most five characters."""
    for unit in ("", "k", "M", "G"):
        if count < 999.5:
            return f"{count:.1f}{unit}" if unit and count < 9.95 else f"{count:.0f}{unit}"
        count /= 1000
    return f"{count:.0f}T"
