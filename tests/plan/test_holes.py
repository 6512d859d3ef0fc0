"""Filled plans are those of pipelines that have the values written in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.errors import ConfigError, UsageError
from headrace.plan.holes import (
    member_named,
    members_of,
    shared_stages,
    typed_spec,
    with_member,
    with_parameters,
)
from headrace.plan.model import Plan
from headrace.project import Project
from headrace.run import Execution
from plans import FLIGHTS, ROOT, open_plan, plan_of

PARAMS = {
    "strength": {"at": "model.params.C", "min": 0.1, "max": 10},
    "window": {"at": "split.test"},
    "least": {"at": "gates.0.min"},
    "metrics": {"at": "metrics"},
    "seed": {"at": "seed"},
    "kind": {"at": "description", "choices": ["Will a flight be late?", "other"]},
}
EFFECTS = {"gate", "register", "promote", "track"}


def recipes(plan: Plan) -> dict[str, str]:
    return {stage.name: stage.recipe for stage in plan.stages if stage.type not in EFFECTS}


def test_a_members_plan_makes_what_a_pipeline_with_its_values_makes() -> None:
    where = {**FLIGHTS["dataset"], "where": {"carrier": "AA"}}
    plan = open_plan(split={**FLIGHTS["split"], "test": "${each:days}"}, for_each=[{"carrier": "AA", "days": "9d"}])
    (member,) = members_of(plan)

    by_hand = plan_of(dataset=where, split={**FLIGHTS["split"], "test": "9d"}, registry={"name": "flights_AA_9d"})
    found = with_member(plan, member)

    assert recipes(found) == recipes(by_hand)
    assert {s.name: s.config for s in found.stages if s.name != "track"} == {
        s.name: s.config for s in by_hand.stages if s.name != "track"
    }


def test_members_have_models_runs_and_locks_of_their_own() -> None:
    plan = open_plan()
    found = [with_member(plan, member) for member in members_of(plan)]

    assert [one.stage("register").config["registry"]["name"] for one in found] == ["flights_UA", "flights_AA"]
    assert [one.scope for one in found] == ["flights+UA", "flights+AA"]
    assert plan.scope == "flights"
    assert len({one.digest for one in found}) == 2


def test_what_no_hole_is_in_is_shared() -> None:
    plan = open_plan()

    assert shared_stages(plan) == ("ingest", "validate", "transform", "validate_table")
    ua, aa = (with_member(plan, member) for member in members_of(plan))
    for name in shared_stages(plan):
        assert ua.stage(name).recipe == aa.stage(name).recipe == plan.stage(name).recipe


def test_a_hole_far_up_makes_everything_behind_it_a_members_own() -> None:
    dataset = {
        **FLIGHTS["dataset"],
        "transform": {
            "type": "sql",
            "query": "SELECT * FROM flights WHERE c = $c",
            "parameters": {"c": "${each:carrier}"},
        },
    }

    assert shared_stages(open_plan(dataset=dataset)) == ("ingest", "validate")


def test_a_plan_for_one_model_shares_everything() -> None:
    plan = plan_of()

    assert members_of(plan) == ()
    assert shared_stages(plan) == tuple(stage.name for stage in plan.stages)


@given(st.lists(st.from_regex(r"[A-Z]{2}", fullmatch=True), min_size=1, max_size=4, unique=True))
@settings(max_examples=15, deadline=None)
def test_filling_twice_is_filling_once(carriers: list[str]) -> None:
    plan = open_plan(for_each={"carrier": carriers})
    for member in members_of(plan):
        once = with_member(plan, member)
        assert with_member(once, member) is once
        assert members_of(once) == ()
        assert typed_spec(once).model_dump(mode="json") == once.spec


def test_another_member_changes_no_plan_of_the_others() -> None:
    few, many = open_plan(), open_plan(for_each={"carrier": ["UA", "AA", "DL"]})

    assert with_member(few, members_of(few)[0]).digest == with_member(many, members_of(many)[0]).digest


def test_a_typed_hole_is_refused_where_its_value_does_not_fit() -> None:
    with pytest.raises(ConfigError) as caught:
        open_plan(for_each=[{"carrier": "UA", "n": 3}, {"carrier": "AA", "n": "many"}], seed="${each:n}")

    (problem,) = [found for found in caught.value.diagnostics if found.severity == "error"]
    assert "`seed` must be a whole number" in problem.message
    assert problem.message.endswith("(for AA_many)")


def test_a_plan_with_typed_holes_can_be_read() -> None:
    plan = open_plan(for_each=[{"carrier": "UA", "n": 3}, {"carrier": "AA", "n": 4}], seed="${each:n}")

    assert plan.spec["seed"] == "${each:n}"
    assert typed_spec(plan).seed == 3
    assert Plan.from_json(plan.to_json()).digest == plan.digest


def test_an_unfilled_plan_does_not_run(tmp_path: Path) -> None:
    execution = Execution(open_plan(), Project(tmp_path, tmp_path / "home"))

    with pytest.raises(ConfigError, match="makes a model for each of UA, AA: split must know"):
        execution.run()
    with pytest.raises(ConfigError, match="train must know for which"):
        execution.run_stages(("ingest", "train"), "run")
    assert not (tmp_path / "home").exists()


def test_a_member_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(UsageError) as caught:
        member_named(open_plan(), "AAA")

    assert "did you mean AA?" in caught.value.remedy


def test_chosen_values_make_what_a_pipeline_with_them_makes() -> None:
    plan = plan_of(params=PARAMS)

    found = with_parameters(
        plan, {"strength": 2.5, "window": "10d", "least": 0.5, "metrics": ["log_loss", "roc_auc"]}, ROOT
    )

    by_hand = plan_of(
        params=PARAMS,
        model={**FLIGHTS["model"], "params": {"C": 2.5}},
        split={**FLIGHTS["split"], "test": "10d"},
        gates=[{"metric": "roc_auc", "min": 0.5}],
        metrics=["log_loss", "roc_auc"],
    )
    assert found.digest == by_hand.digest
    assert str(found.place_of("split.test")) == "the parameter window"
    assert with_parameters(found, {"strength": 2.5, "window": "10d"}, ROOT) is found


def test_what_is_written_is_the_same_plan() -> None:
    plan = plan_of(params=PARAMS)

    assert with_parameters(plan, {"strength": 1.0, "window": "30d"}, ROOT) is plan
    assert with_parameters(plan, {}, ROOT) is plan


@pytest.mark.parametrize(
    ("chosen", "code", "said"),
    [
        ({"strength": 11}, "HR381", "11 is more than 10"),
        ({"strength": 0.05}, "HR381", "0.05 is less than 0.1"),
        ({"strength": "1"}, "HR381", "'1' is not a number"),
        ({"strength": True}, "HR381", "True is not a number"),
        ({"kind": "third"}, "HR381", "'third' is not one of"),
        ({"strenght": 1}, "HR380", "has no parameter `strenght`"),
        ({"window": "30"}, "HR144", "is not a duration"),
        ({"window": {"$ne": 1}}, "HR142", "must be text"),
        ({"seed": 1.5}, "HR142", "must be a whole number"),
        ({"metrics": ["roc_auk"]}, "HR151", "roc_auk"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_before_anything_runs(
    chosen: dict[str, Any], code: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        with_parameters(plan_of(params=PARAMS), chosen, ROOT)

    assert said in caught.value.diagnostics[0].message
    assert caught.value.diagnostics[0].code == code
    assert code in ("HR380", "HR381") or str(caught.value.diagnostics[0].place).startswith("the parameter ")


@pytest.mark.parametrize(
    "value",
    [
        "${secret:DB_PASSWORD}",
        "a ${secret:DB_PASSWORD} b",
        "${env:HOME}",
        "${each:carrier}",
        "$${secret:DB_PASSWORD}",
        ["roc_auc", "${secret:DB_PASSWORD}"],
        {"a": [{"b": "${secret:DB_PASSWORD}"}]},
        {"${secret:DB_PASSWORD}": 1},
    ],
)
@pytest.mark.parametrize("name", ["note", "metrics", "number"])
def test_a_chosen_value_stands_for_no_other(name: str, value: object) -> None:
    params = {"note": {"at": "description"}, "metrics": {"at": "metrics"}, "number": {"at": "model.params.C"}}

    with pytest.raises(ConfigError) as caught:
        with_parameters(plan_of(params=params), {name: value}, ROOT)

    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.message) == ("HR381", f"parameter {name}: a text with `${{` is no plain value")
    assert "choose a value without `${`" in problem.remedy


def test_dollars_and_braces_by_themselves_are_plain_text() -> None:
    plan = plan_of(params={"note": {"at": "description"}})

    assert with_parameters(plan, {"note": "for $5 {each}"}, ROOT).spec["description"] == "for $5 {each}"


def test_what_the_files_fill_in_may_be_sent_back_as_it_is() -> None:
    """As Airflow's form does with every value that nobody changed."""
    plan = plan_of(description="For ${secret:CUSTOMER}", params={"note": {"at": "description"}})

    assert with_parameters(plan, {"note": "For ${secret:CUSTOMER}"}, ROOT) is plan


def test_parameters_and_members_go_together() -> None:
    plan = with_parameters(open_plan(params=PARAMS), {"seed": 7}, ROOT)

    assert [with_member(plan, member).spec["seed"] for member in members_of(plan)] == [7, 7]
    assert shared_stages(plan) == shared_stages(open_plan())
