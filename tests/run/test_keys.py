"""Keys of actions."""

from __future__ import annotations

from datetime import UTC, datetime

from headrace.plan.model import Ref, Stage
from headrace.run.keys import question
from headrace.stages.kind import StageKind
from headrace.store import Output

STAGE = Stage("s", "toy", {}, {"a": Ref("up", "x"), "all": Ref("up", "*")}, recipe="r")
MADE = {"up": {"x": Output("d1", 1), "y/z": Output("d2", 1)}}
AS_OF = datetime(2024, 1, 1, tzinfo=UTC)


def kind(*, clocked: bool = False) -> StageKind:
    return StageKind("toy", "toy:run", lambda spec: (), clocked=clocked)


def test_a_star_spreads_all_outputs() -> None:
    asked = question(STAGE, kind(), MADE, {}, None)

    assert sorted(asked.inputs) == ["a", "all/x", "all/y/z"]


def test_what_a_skipped_stage_did_not_make_is_left_out() -> None:
    assert question(STAGE, kind(), {}, {}, None).inputs == {}


def test_content_observation_and_recipe_decide_the_key() -> None:
    key = question(STAGE, kind(), MADE, {}, None).key
    other = {"up": {"x": Output("d9", 1), "y/z": Output("d2", 1)}}

    assert question(STAGE, kind(), MADE, {}, None).key == key
    assert question(STAGE, kind(), other, {}, None).key != key
    assert question(STAGE, kind(), MADE, {"champion": "1"}, None).key != key


def test_only_clocked_kinds_look_at_the_clock() -> None:
    assert question(STAGE, kind(), MADE, {}, AS_OF).key == question(STAGE, kind(), MADE, {}, None).key
    clocked = question(STAGE, kind(clocked=True), MADE, {}, AS_OF)
    assert clocked.key != clocked.timeless_key == question(STAGE, kind(clocked=True), MADE, {}, None).key
