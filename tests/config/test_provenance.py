from __future__ import annotations

from headrace.config import nodes, provenance
from headrace.config.nodes import Written
from headrace.errors import Place


def written(text: str, file: str) -> Written:
    root = nodes.parse(text.encode(), file).root
    assert root is not None
    return root


def lines(values: object, tree: Written) -> dict[str, str]:
    return {path: str(place) for path, place in provenance.locate(values, tree).places.items() if path}


def test_mappings_merge_and_everything_else_replaces() -> None:
    below = written("a: {x: 1, y: 2}\nl: [1, 2]\n", "one")
    above = written("a:\n  y: 3\nl: [9]\n", "two")
    values = {"a": {"x": 1, "y": 3}, "l": [9]}
    assert lines(values, provenance.merge(below, above)) == {
        "a": "one:1:1",
        "a.x": "one:1:8",
        "a.y": "two:2:6",
        "l": "two:3:1",
        "l.0": "two:3:5",
    }


def test_a_missing_value_replaces_nothing() -> None:
    merged = provenance.merge(written("a: 1\n", "one"), written("a: ???\n", "two"))
    assert lines({"a": 1}, merged) == {"a": "one:1:4"}


def test_a_package_wraps_the_file() -> None:
    assert lines({"a": {"b": {"x": 1}}}, provenance.embed("a.b", written("x: 1\n", "f")))["a.b.x"] == "f:1:4"


def test_what_an_interpolation_brings_in_has_the_interpolations_place() -> None:
    tree = written("a: {x: 1}\nb: ${a}\n", "f")
    assert lines({"a": {"x": 1}, "b": {"x": 1}}, tree)["b.x"] == "f:2:4"


def test_an_override_takes_the_place_of_what_it_wrote_and_leaves_the_parents_theirs() -> None:
    tree = written("a: {x: 1}\n", "f")
    place = Place("override 'a.x=2'")
    tree = provenance.put(tree, ["a", "x"], provenance.from_value(2, place))
    tree = provenance.put(tree, ["n", "m"], provenance.from_value([{"k": 1}], place))
    found = lines({"a": {"x": 2}, "n": {"m": [{"k": 1}]}}, tree)
    assert found["a"] == "f:1:1"
    assert found["a.x"] == found["n"] == found["n.m.0.k"] == "override 'a.x=2'"
    keys = provenance.locate({"a": {"x": 2}}, tree).keys
    assert str(keys["a.x"]) == "f:1:5"


def test_removing() -> None:
    tree = provenance.remove(written("a: {x: 1, y: 2}\n", "f"), ["a", "x"])
    assert list((tree.children or {})["a"].children or {}) == ["y"]
    assert provenance.remove(tree, ["b", "c"]) == tree


def test_a_list_that_meets_a_mapping_is_a_clash() -> None:
    found = list(provenance.clashes(written("a: {b: [1]}\n", "one"), written("a: {b: {c: 1}}\n", "two")))
    assert [path for path, _, _ in found] == ["a.b"]


def history(values: object, tree: Written) -> dict[str, list[str]]:
    found = provenance.locate(values, tree).history
    return {path: [f"{item.how} {item.text} {item.place}" for item in items] for path, items in found.items()}


def test_what_is_replaced_is_kept_the_latest_first() -> None:
    tree = provenance.merge(written("a: {x: 1}\n", "one"), written("a: {x: 2}\n", "two"))
    tree = provenance.put(tree, ["a", "x"], provenance.from_value(3, Place("override")))

    assert history({"a": {"x": 3}}, tree) == {"a.x": ["replaced 2 two:1:8", "replaced 1 one:1:8"]}


def test_a_list_that_is_replaced_is_one_text() -> None:
    tree = provenance.merge(written("l: [1, {k: v}]\n", "one"), written("l: [9]\n", "two"))

    assert history({"l": [9]}, tree) == {"l": ["replaced [1, {k: v}] one:1:4"]}


def test_an_interpolation_shows_its_text_before_what_it_replaced() -> None:
    tree = provenance.merge(written("a: 1\nb: 2\n", "one"), written("b: ${a}\n", "two"))

    assert history({"a": 1, "b": 1}, tree) == {"b": ["written ${a} two:1:4", "replaced 2 one:2:4"]}


def test_what_was_written_once_has_no_history() -> None:
    assert history({"a": 1}, written("a: 1\n", "one")) == {}


def test_a_long_text_is_shortened() -> None:
    tree = provenance.merge(written(f"a: {'x' * 500}\n", "one"), written("a: 1\n", "two"))

    assert len(provenance.locate({"a": 1}, tree).history["a"][0].text) == 120


def test_finding_and_leaves() -> None:
    tree = written("a: {x: 1, e: {}}\nl: [1]\n", "f")
    found = provenance.find(tree, ["a", "x"])

    assert found is not None
    assert found.text == "1"
    assert provenance.find(tree, ["a", "y", "z"]) is None
    assert [path for path, _ in provenance.leaves(tree)] == ["a.x", "a.e", "l"]
