"""One sheet to paint on: matplotlib set up alike every time, and saved as a small SVG with stable bytes."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from headrace.report.painting.palette import PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Inches. Shown at half a page's width, text of 10 points is as large as the page's own.
WIDTH = 5.0
HEIGHT = 4.1

_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif"
_FONT_LIST = re.compile(r"font-family: [^;\"]*;? ?")
_LONG_NUMBER = re.compile(r"(\d\.\d\d)\d+")
_NO_TURN = re.compile(r' transform="rotate\(-?0 [^)]*\)"')
_METADATA = re.compile(r"\n <metadata>.*?</metadata>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>]*>\n")

_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: small, selectable, in the reader's own font
    "svg.hashsalt": "headrace",
    "text.parse_math": False,  # a dollar sign in a column's name is a dollar sign
    "path.simplify": False,  # would drop the zero-length strokes that are dots
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": PALETTE["ink"],
    "figure.facecolor": PALETTE["surface"],
    "savefig.facecolor": PALETTE["surface"],
    "axes.facecolor": "none",
    "axes.edgecolor": PALETTE["muted"],
    "axes.labelcolor": PALETTE["muted"],
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": PALETTE["line"],
    "grid.linewidth": 0.7,
    "xtick.color": PALETTE["line"],
    "ytick.color": PALETTE["line"],
    "xtick.labelcolor": PALETTE["muted"],
    "ytick.labelcolor": PALETTE["muted"],
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.major.pad": 6,
    "ytick.major.pad": 6,
    "lines.linewidth": 2.2,
    "lines.solid_capstyle": "round",
}


@contextmanager
def settings() -> Iterator[None]:
    """The one look, whatever the user's matplotlibrc says; what was set before is set again afterwards."""
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        # A glyph that DejaVu lacks only makes its box a guess: the reader's font draws it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield


def sheet(
    *, left: float = 0.74, right: float = 0.26, bottom: float = 0.56, top: float = 0.16, height: float = HEIGHT
) -> tuple[Figure, Axes]:
    """A figure with one plot; margins and height in inches. Fixed margins cost no layout pass."""
    from matplotlib.figure import Figure

    figure = Figure((WIDTH, height))
    box = (left / WIDTH, bottom / height, (WIDTH - left - right) / WIDTH, (height - bottom - top) / height)
    return figure, figure.add_axes(box)


def svg(figure: Figure) -> str:
    """The figure as SVG text: no date, no generator, two decimals, the page's font first."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = _DOCTYPE.sub("", file.getvalue())
    text = _TAG.sub(_tidy_tag, _METADATA.sub("", text))
    return text.replace("<svg ", f'<svg style="font-family: {_FONTS}" ', 1)


def _tidy_tag(tag: re.Match[str]) -> str:
    """Only what stands inside tags: a label is written as it is."""
    return _FONT_LIST.sub("", _LONG_NUMBER.sub(r"\1", _NO_TURN.sub("", tag[0])))


def unit_axes(axes: Axes, xlabel: str, ylabel: str) -> None:
    """Both axes from 0 to 100 percent."""
    ticks = [0, 0.25, 0.5, 0.75, 1]
    labels = [f"{tick:.0%}" for tick in ticks]
    axes.set(xlim=(0, 1), ylim=(0, 1.01), xlabel=xlabel, ylabel=ylabel)
    axes.set_xticks(ticks, labels)
    axes.set_yticks(ticks, labels)
