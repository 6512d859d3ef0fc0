"""Pictures of a DAG, as they were looked at, and what holds for any.

To write what is meant anew: UPDATE_GOLDEN=1 pytest tests/airflow/spec/drawing
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import ODD, graph, rich_graph
from headrace_airflow.spec.drawing.graph import Graph
from headrace_airflow.spec.drawing.layers import layout
from headrace_airflow.spec.drawing.mermaid import as_mermaid
from headrace_airflow.spec.drawing.svg import as_svg
from headrace_airflow.spec.drawing.text import as_text, columns

GOLDEN = Path(__file__).parent / "golden"
FORMATS: dict[str, Callable[[Graph], str]] = {
    "rich.txt": lambda drawn: as_text(drawn, 100) + "\n",
    "narrow.txt": lambda drawn: as_text(drawn, 28) + "\n",
    "ascii.txt": lambda drawn: as_text(drawn, 100, ascii_only=True) + "\n",
    "rich.mmd": as_mermaid,
    "rich.svg": as_svg,
}


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    count = draw(st.integers(1, 12))
    names = [draw(st.sampled_from(["", "a.", "a.b.", "c."])) + f"t{index}" for index in range(count)]
    tasks = []
    for index, name in enumerate(names):
        before = draw(st.lists(st.sampled_from(names[:index]), unique=True, max_size=3)) if index else []
        tasks.append((name, tuple(before)))
    return graph(*draw(st.permutations(tasks)))


@pytest.mark.parametrize("name", FORMATS)
def test_a_picture_is_as_it_was_looked_at(name: str) -> None:
    found, golden = FORMATS[name](rich_graph()), GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found)

    assert found == golden.read_text()


@given(graphs())
def test_a_task_is_drawn_below_all_that_it_waits_for(drawn: Graph) -> None:
    order = [node.name for node in drawn.nodes]

    assert all(order.index(before) < order.index(after) for before, after in drawn.edges)
    assert as_text(drawn, 200).count("○") == len(order)


@given(graphs())
def test_no_two_tasks_stand_in_one_place_and_edges_lead_to_the_right(drawn: Graph) -> None:
    places = layout(drawn)
    spots = sorted(places.nodes.values())

    assert all(b.column > a.column or b.height - a.height >= 0.99 for a, b in itertools.pairwise(spots))
    for (before, after), path in places.paths.items():
        assert path[0] == places.nodes[before]
        assert path[-1] == places.nodes[after]
        assert [spot.column for spot in path] == list(range(path[0].column, path[-1].column + 1))


@given(graphs(), st.integers(20, 120))
def test_no_line_is_wider_than_the_terminal(drawn: Graph, width: int) -> None:
    assert all(columns(line) <= width for line in as_text(drawn, width).splitlines())


@given(st.text(max_size=20))
def test_any_name_is_only_text_in_an_svg_and_in_mermaid(name: str) -> None:
    drawn = graph((name, ()))
    texts = [element.text for element in ElementTree.fromstring(as_svg(drawn)).iter() if element.text]

    assert not any("<" in text and "<" not in name for text in texts)
    label = as_mermaid(drawn).split("\n", 1)[1]
    assert label.count('"') in (2, 4, 6, 8)
    assert "<" not in label.replace("<br/>", "").replace("<i>", "").replace("</i>", "")


def test_an_svg_asks_for_nothing_from_elsewhere() -> None:
    picture = as_svg(rich_graph())

    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in picture
    assert "prefers-color-scheme:dark" in picture
    assert ODD not in picture


def test_a_task_that_waits_for_nothing_is_not_joined_to_the_one_above() -> None:
    assert as_text(graph(("a", ()), ("b", ())), 80).splitlines() == ["○ a", "", "○ b"]
