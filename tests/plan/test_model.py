"""The plan document."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.errors import Place
from headrace.plan.model import Plan, Writing, digest_of
from toy_stages import toy_plan

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_a_digest_outlives_a_round_trip_through_json(value: object) -> None:
    assert digest_of(json.loads(json.dumps(value))) == digest_of(value)


@given(st.dictionaries(st.text(), st.integers(), min_size=2, max_size=6))
def test_a_digest_does_not_depend_on_the_order_of_keys(value: dict[str, int]) -> None:
    assert digest_of(dict(reversed(value.items()))) == digest_of(value)


def test_a_plan_reads_back_as_it_was_written() -> None:
    plan = replace(toy_plan(), places={"times": Place("conf/pipeline/toy.yaml", 3, 1)}, notes=("a note",))

    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_the_history_of_values_reads_back_and_an_older_document_has_none() -> None:
    history = {"times": (Writing(Place("conf/toy.yaml", 3, 1), "1"), Writing(Place("override 'x'"), "", "removed"))}
    plan = replace(toy_plan(), history=history, environment="prod")
    document = json.loads(json.dumps(plan.to_json()))

    assert Plan.from_json(document) == plan
    assert plan.digest == toy_plan().digest
    del document["history"], document["environment"]
    assert Plan.from_json(document) == toy_plan()


def test_places_and_notes_are_no_part_of_a_plans_identity() -> None:
    plan = toy_plan()

    assert replace(plan, places={"times": Place("x", 1, 1)}, notes=("note",)).digest == plan.digest
    assert toy_plan(times=3).digest != plan.digest


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format"):
        Plan.from_json({**toy_plan().to_json(), "format": 0})


def test_a_value_that_was_not_written_points_at_its_parent() -> None:
    plan = replace(toy_plan(), places={"model": Place("m.yaml", 1, 1), "model.params.depth": Place("m.yaml", 3, 5)})

    assert plan.place_of("model.params.depth") == Place("m.yaml", 3, 5)
    assert plan.place_of("model.params.missing") == Place("m.yaml", 1, 1)
    assert plan.place_of("other") is None
