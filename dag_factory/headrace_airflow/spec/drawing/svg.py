"""A DAG as an SVG picture that needs nothing else: no fonts, no scripts, no addresses. It follows light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from headrace.errors import shown
from headrace_airflow.spec.drawing.graph import Graph, Node
from headrace_airflow.spec.drawing.layers import Layout, Spot, layout
from headrace_airflow.spec.drawing.text import columns, cut

#: Pixels.
_MARGIN, _BETWEEN, _NODE, _ROW, _LETTER, _SMALL = 24, 44, 40, 64, 7.9, 6.3
_LONGEST = 36
_STYLE = """\
.page{fill:#ffffff}.node{fill:#eef4f8;stroke:#4a7a96}.odd{fill:#fdf3e1;stroke:#b07a1e}.name{fill:#14242e}
.note{fill:#5c4a1c}.edge{fill:none;stroke:#7d8f9b}.tip{fill:#7d8f9b}.group{fill:#f6f6f8;stroke:#b3b8c2}
.head{fill:#565e6c}
@media (prefers-color-scheme:dark){.page{fill:#14191f}.node{fill:#1f2f3a;stroke:#6fa3bf}
.odd{fill:#382d18;stroke:#c99a45}.name{fill:#e6eef3}.note{fill:#e3c88f}.edge{stroke:#8496a3}.tip{fill:#8496a3}
.group{fill:#1a2028;stroke:#4b5563}.head{fill:#a3adbb}}
text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:13px}
.note,.head{font-size:10.5px}"""


class _Box(NamedTuple):
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width


def as_svg(graph: Graph) -> str:
    """The picture, left to right; what a task has that others have not stands under its name."""
    places = layout(graph)
    lefts, widths = _columns(graph, places)
    boxes = {
        node.name: _Box(lefts[spot.column], _top(graph, spot), widths[spot.column], _NODE)
        for node in graph.nodes
        for spot in [places.nodes[node.name]]
    }
    width = lefts[-1] + widths[-1] + _MARGIN if widths else 2 * _MARGIN
    height = _top(graph, Spot(0, max(places.height - 1, 0))) + _NODE + _MARGIN
    body = [*_frames(graph, boxes), *_edges(graph, places, boxes, lefts, widths), *_nodes(graph, boxes)]
    title = _text(f"{graph.name}: {len(graph.nodes)} tasks")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-label="{title}">'
    )
    page = f'<rect class="page" width="{width:.0f}" height="{height:.0f}" rx="8"/>'
    return "\n".join([head, f"<title>{title}</title>", f"<style>{_STYLE}</style>", page, *body, "</svg>"]) + "\n"


def _columns(graph: Graph, places: Layout) -> tuple[Sequence[float], Sequence[float]]:
    """Left edges and widths of the columns: as wide as their widest name."""
    widths = [0.0] * places.columns
    for node in graph.nodes:
        column = places.nodes[node.name].column
        needed = max(_LETTER * columns(_name(node)), _SMALL * columns(_note(node))) + 24
        widths[column] = max(widths[column], needed)
    lefts: list[float] = []
    for index in range(len(widths)):
        lefts.append(_MARGIN if index == 0 else lefts[-1] + widths[index - 1] + _BETWEEN)
    return lefts, widths


def _top(graph: Graph, spot: Spot) -> float:
    framed = _ROW - _NODE if any(node.group for node in graph.nodes) else 0
    return _MARGIN + framed + spot.height * _ROW


def _frames(graph: Graph, boxes: dict[str, _Box]) -> Iterator[str]:
    """Groups, the outermost first, so that those within are seen."""
    groups = {node.group[:depth] for node in graph.nodes for depth in range(1, len(node.group) + 1)}
    deepest = max(map(len, groups), default=0)
    for group in sorted(groups, key=lambda names: (len(names), names)):
        held = [boxes[node.name] for node in graph.nodes if node.group[: len(group)] == group]
        pad = 7 + 5 * (deepest - len(group))
        left, top = min(box.left for box in held) - pad, min(box.top for box in held) - pad - 9
        right, bottom = max(box.right for box in held) + pad, max(box.top + box.height for box in held) + pad - 2
        yield (
            f'<rect class="group" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
            f'height="{bottom - top:.1f}" rx="8" stroke-dasharray="4 3"/>'
        )
        yield f'<text class="head" x="{left + 8:.1f}" y="{top + 11:.1f}">{_text(cut(group[-1], _LONGEST))}</text>'


def _edges(
    graph: Graph, places: Layout, boxes: dict[str, _Box], lefts: Sequence[float], widths: Sequence[float]
) -> Iterator[str]:
    for before, after in graph.edges:
        start, end = boxes[before], boxes[after]
        x, y = start.right, start.top + _NODE / 2
        path = [f"M{x:.1f} {y:.1f}"]
        for spot in places.paths[before, after][1:-1]:
            middle = _top(graph, spot) + _NODE / 2
            path.append(_curve(x, y, lefts[spot.column], middle))
            x, y = lefts[spot.column] + widths[spot.column], middle
            path.append(f"H{x:.1f}")
        tip = end.top + _NODE / 2
        path.append(_curve(x, y, end.left - 7, tip))
        yield f'<path class="edge" stroke-width="1.4" d="{"".join(path)}"/>'
        yield f'<path class="tip" d="M{end.left:.1f} {tip:.1f}l-8 -4v8z"/>'


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    if y == to_y:
        return f"H{to_x:.1f}"
    bend = (x + to_x) / 2
    return f"C{bend:.1f} {y:.1f} {bend:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"


def _nodes(graph: Graph, boxes: dict[str, _Box]) -> Iterator[str]:
    for node in graph.nodes:
        box, note = boxes[node.name], _note(node)
        middle = box.left + box.width / 2
        kind = "odd" if note else "node"
        yield f"<g><title>{_text('; '.join([node.name, *node.notes]))}</title>"
        yield (
            f'<rect class="{kind}" x="{box.left:.1f}" y="{box.top:.1f}" width="{box.width:.1f}" '
            f'height="{box.height:.1f}" rx="7"/>'
        )
        name_at = box.top + (17 if note else 24.5)
        yield f'<text class="name" text-anchor="middle" x="{middle:.1f}" y="{name_at:.1f}">{_text(_name(node))}</text>'
        if note:
            yield (
                f'<text class="note" text-anchor="middle" x="{middle:.1f}" y="{box.top + 31.5:.1f}">'
                f"{_text(note)}</text>"
            )
        yield "</g>"


def _name(node: Node) -> str:
    return cut(node.label, _LONGEST)


def _note(node: Node) -> str:
    return cut(", ".join(node.notes), _LONGEST + 8)


def _text(text: str) -> str:
    """Text of a name as text of XML, without what XML cannot hold."""
    return escape(shown(text).replace("\n", " "), {'"': "&quot;"})
