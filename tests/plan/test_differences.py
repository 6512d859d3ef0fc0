"""What differs between two plans."""

from __future__ import annotations

from typing import Any

from headrace.errors import Place
from headrace.plan.differences import Difference, Side, differences
from headrace.plan.model import Plan

PLACE = Place("conf/env/prod.yaml", 3, 7)


def plan(spec: dict[str, Any], **places: Place) -> Plan:
    return Plan("p", spec, (), places)


def test_equal_plans_have_none() -> None:
    assert differences(plan({"a": {"b": 1}}), plan({"a": {"b": 1}}, a=PLACE)) == ()


def test_a_value_has_both_sides_with_their_places() -> None:
    (found,) = differences(plan({"a": 1, "c": 3}), plan({"a": 2, "c": 3}, a=PLACE))

    assert found == Difference("a", Side(1, None), Side(2, "conf/env/prod.yaml:3:7"))


def test_keys_that_one_side_lacks_and_parts_that_become_null() -> None:
    found = differences(plan({"r": {"alias": "x"}, "m": {"a": 1}}), plan({"r": None, "m": {"a": 1, "b": None}}))

    assert found == (
        Difference("r", Side({"alias": "x"}, None), Side(None, None)),
        Difference("m.b", None, Side(None, None)),
    )


def test_lists_differ_by_item_only_if_they_are_as_long() -> None:
    assert [d.key for d in differences(plan({"l": [1, 2]}), plan({"l": [1, 3]}))] == ["l.1"]
    assert [d.key for d in differences(plan({"l": [1, 2]}), plan({"l": [1]}))] == ["l"]


def test_a_path_narrows_it_from_both_sides() -> None:
    before, after = plan({"a": {"b": 1, "c": 1}, "r": {"x": 1}}), plan({"a": {"b": 2, "c": 2}, "r": None})

    assert [d.key for d in differences(before, after, "a.b")] == ["a.b"]
    assert [d.key for d in differences(before, after, "r.x")] == ["r"]
