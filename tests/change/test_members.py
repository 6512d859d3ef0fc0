from __future__ import annotations

from headrace.change.members import member_notes
from plans import open_plan, plan_of


def test_models_that_come_and_go_are_named() -> None:
    before, after = open_plan(), open_plan(for_each={"carrier": ["AA", "DL"]})

    come, gone = member_notes(before, after)

    assert come.startswith("flights: a model more for each of DL:")
    assert gone.startswith("flights: no model any more for UA:")


def test_a_pipeline_that_begins_to_make_several_says_which() -> None:
    (come,) = member_notes(plan_of(), open_plan())

    assert "UA, AA" in come


def test_equal_members_and_one_model_say_nothing() -> None:
    assert list(member_notes(open_plan(), open_plan(seed=3))) == []
    assert list(member_notes(plan_of(), plan_of(seed=3))) == []
    assert list(member_notes(None, None)) == []


def test_many_are_counted() -> None:
    (come,) = member_notes(None, open_plan(for_each={"carrier": [f"C{number}" for number in range(12)]}))

    assert "and 4 more" in come
