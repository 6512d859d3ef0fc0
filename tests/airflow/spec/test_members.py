"""Plans of many models, and of runs that people start, as DAG specifications."""

from __future__ import annotations

import json
from dataclasses import replace

from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.spec.drawing.graph import Node, graph_of
from headrace_airflow.spec.model import from_json, to_json
from headrace_airflow.spec.params import param_specs
from plans import FLIGHTS, open_plan, plan_of

SIMPLE = {"sources": {"flights": FLIGHTS["dataset"]["sources"]["flights"]}, "where": {"carrier": "${each:carrier}"}}


def test_what_differs_by_member_runs_for_each_and_the_rest_once() -> None:
    spec = dag_spec(open_plan())

    assert spec.members == ("UA", "AA")
    assert {task.task_id: task.each for task in spec.tasks} == {
        "ingest": False,
        "validate": False,
        "transform": False,
        "validate_table": False,
        "split": True,
        "train": True,
        "evaluate": True,
        "gate": True,
        "register": True,
        "promote": True,
        "track": True,
    }


def test_the_summary_is_drawn_behind_the_members_last_tasks() -> None:
    graph = graph_of(dag_spec(open_plan()))

    assert graph.nodes[-1] == Node("summary", notes=("all_done",))
    assert graph.upstream["summary"] == ("track",)
    assert "summary" not in graph_of(dag_spec(plan_of())).upstream


def test_one_member_is_mapped_as_two_are() -> None:
    one, two = dag_spec(open_plan(for_each={"carrier": ["UA"]})), dag_spec(open_plan())

    assert [task.each for task in one.tasks] == [task.each for task in two.tasks]


def test_a_pipeline_of_one_model_has_neither() -> None:
    spec = dag_spec(plan_of())

    assert spec.members == ()
    assert spec.params == {}
    assert not any(task.each for task in spec.tasks)


def test_all_stages_in_one_task_are_each_members() -> None:
    (task,) = dag_spec(open_plan(runtime={"fuse": True})).tasks

    assert task.each


def test_typed_holes_do_not_keep_a_dag_from_being_made() -> None:
    plan = open_plan(for_each=[{"carrier": "UA", "n": 1}], seed="${each:n}")

    assert dag_spec(plan).members == ("UA_1",)


def test_parameters_have_the_written_value_as_their_default() -> None:
    plan = plan_of(params={"strength": {"at": "model.params.C", "min": 0.1}, "window": {"at": "split.test"}})
    plan = replace(plan, forms={"strength": {"type": "number", "minimum": 0.1}})

    assert param_specs(plan) == {
        "strength": {"default": 1.0, "type": "number", "minimum": 0.1},
        "window": {"default": "30d"},
    }


def test_the_document_is_read_as_it_was_written() -> None:
    plan = replace(open_plan(params={"seed": {"at": "seed"}}), forms={"seed": {"type": "integer"}})
    document = json.loads(json.dumps(to_json(dag_spec(plan))))

    assert to_json(from_json(document)) == document
    assert document["members"] == ["UA", "AA"]
    assert document["params"] == {"seed": {"default": FLIGHTS.get("seed", 0), "type": "integer"}}


def test_stages_that_share_a_task_do_so_among_their_like() -> None:
    spec = dag_spec(open_plan(runtime={"fuse": "auto"}))

    of_members = {stage for task in spec.tasks if task.each for stage in task.stages}
    assert of_members == {"split", "train", "evaluate", "gate", "register", "promote", "track"}


def test_a_task_that_waits_for_a_members_is_one_itself() -> None:
    groups = [["ingest", "split"]]
    spec = dag_spec(open_plan(runtime={"fuse": groups}, validation={}, dataset=SIMPLE))

    assert [task.task_id for task in spec.tasks if not task.each] == []
