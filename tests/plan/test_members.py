from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.plan.members import Member, filled, has_holes, holes, is_open, label, members, names, narrowed

NAMES = st.from_regex(r"[a-z]{1,4}", fullmatch=True)
SCALARS = st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False))
PIECES = st.one_of(st.sampled_from(["${each:a}", "${each:b}", "${each:c}", "x", " ", "${secret:T}"]))
TEXTS = st.lists(PIECES, max_size=4).map("".join)
JSON = st.recursive(
    st.one_of(SCALARS, TEXTS, st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=12,
)
PLAIN = SCALARS.filter(lambda value: "${" not in str(value))


def test_several_names_are_every_combination_in_order() -> None:
    found = members({"carrier": ["UA", "AA"], "day": [1, 2]})

    assert [member.label for member in found] == ["UA_1", "UA_2", "AA_1", "AA_2"]
    assert found[1].values == {"carrier": "UA", "day": 2}


def test_a_list_of_mappings_is_the_combinations_themselves() -> None:
    found = members([{"carrier": "UA", "origin": "EWR"}, {"carrier": "AA", "origin": "JFK"}])

    assert [member.label for member in found] == ["UA_EWR", "AA_JFK"]
    assert names([{"carrier": "UA", "origin": "EWR"}]) == ("carrier", "origin")


@pytest.mark.parametrize("nothing", [None, {}, []])
def test_without_members_there_are_none(nothing: Any) -> None:
    assert members(nothing) == ()


@pytest.mark.parametrize(
    ("values", "name"),
    [({"a": "New York"}, "New-York"), ({"a": True}, "true"), ({"a": 0.5, "b": -1}, "0.5_-1"), ({"a": "../x"}, "..-x")],
)
def test_a_label_can_be_a_part_of_a_file_name(values: dict[str, Any], name: str) -> None:
    assert label(values) == name


@given(st.dictionaries(NAMES, SCALARS, min_size=1, max_size=3))
def test_no_label_leads_elsewhere(values: dict[str, Any]) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_.-]*", label(values))


def test_a_whole_value_keeps_its_type_and_a_part_of_a_text_its_spelling() -> None:
    values = {"least": 0.6, "on": True}

    assert filled({"min": "${each:least}", "text": "at ${each:least}, ${each:on}"}, values) == {
        "min": 0.6,
        "text": "at 0.6, true",
    }


def test_what_a_member_does_not_name_stays() -> None:
    assert filled("${each:other} ${secret:TOKEN}", {"carrier": "UA"}) == "${each:other} ${secret:TOKEN}"


@given(JSON, st.fixed_dictionaries({"a": PLAIN, "b": PLAIN}))
def test_filling_twice_is_filling_once(value: Any, values: dict[str, Any]) -> None:
    once = filled(value, values)

    assert filled(once, values) == once
    assert {name for _, _, name in holes(once)} <= {name for _, _, name in holes(value)} - {"a", "b"}


@given(JSON)
def test_filling_nothing_changes_nothing(value: Any) -> None:
    assert json.dumps(filled(value, {})) == json.dumps(value)


@given(JSON)
def test_a_hole_is_found_wherever_it_is(value: Any) -> None:
    assert has_holes(value) == ("${each:" in json.dumps(value))


def test_a_configuration_for_one_member_is_for_no_other() -> None:
    spec = {"member": "${each:member}", "for_each": {"carrier": ["UA", "AA"]}, "registry": {"name": "m_${each:member}"}}

    one = narrowed(spec, Member("UA", {"carrier": "UA"}))

    assert one == {"member": "UA", "for_each": [{"carrier": "UA"}], "registry": {"name": "m_UA"}}
    assert is_open(spec)
    assert not is_open(one)
