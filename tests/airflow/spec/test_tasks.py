"""Added tasks among the stages: edges, what a refusal skips, what a failure means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from headrace.errors import ConfigError
from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.spec.graph import ancestors
from headrace_airflow.spec.model import DagSpec, OperatorTask, Options, StageTask, from_json, to_json
from plans import plan_of

FUNCTION = {"function": "shop.hooks.refresh"}


def spec_with(runtime: dict[str, Any] | None = None, **tasks: dict[str, Any]) -> DagSpec:
    added = {name: {**FUNCTION, **task} for name, task in tasks.items()}
    return dag_spec(plan_of(tasks=added, **({"runtime": runtime} if runtime else {})))


def upstream(spec: DagSpec) -> dict[str, tuple[str, ...]]:
    return {task.task_id: tuple(task.upstream) for task in spec.tasks}


def skips(spec: DagSpec, stage: str) -> set[str]:
    (found,) = (task for task in spec.tasks if task.task_id == stage)
    assert isinstance(found, StageTask)
    return set(found.skips)


def added(spec: DagSpec, name: str) -> OperatorTask:
    (found,) = (task for task in spec.tasks if task.task_id == name)
    assert isinstance(found, OperatorTask)
    return found


def test_without_added_tasks_nothing_changes() -> None:
    assert all(isinstance(task, StageTask) for task in dag_spec(plan_of()).tasks)


def test_a_task_between_stages_is_waited_for() -> None:
    plain = upstream(dag_spec(plan_of()))

    edges = upstream(spec_with(approve={"after": "gate", "before": "promote"}))

    assert edges["approve"] == ("gate",)
    assert edges["promote"] == (*plain["promote"], "approve")
    assert {name for name in plain if plain[name] != edges[name]} == {"promote", "track"}


def test_what_runs_regardless_waits_for_those_that_a_rejection_leaves_at_work() -> None:
    """`promote` is skipped at once, while `register` may still be at work."""
    assert "register" in upstream(spec_with(approve={"after": "gate", "before": "promote"}))["track"]


def test_no_edge_between_stages_is_lost() -> None:
    plain, edges = upstream(dag_spec(plan_of())), upstream(spec_with(x={"after": "split", "before": "train"}))

    assert all(set(plain[name]) <= set(edges[name]) for name in plain)
    assert all(ancestors(name, plain) <= ancestors(name, edges) for name in plain)


def test_a_refusal_skips_what_comes_after_it_but_not_what_follows_the_report() -> None:
    spec = spec_with(
        approve={"after": "gate", "before": "promote"},
        tell={"after": "promote"},
        archive={"after": "track"},
        mourn={"after": "promote", "trigger_rule": "all_skipped"},
    )

    assert skips(spec, "gate") == {"register", "promote", "approve", "tell"}


def test_a_given_result_is_an_edge() -> None:
    spec = spec_with(use={"args": {"rows": {"from": "make"}}}, make={"after": "split"})

    assert upstream(spec)["use"] == ("make",)
    names = [task.task_id for task in spec.tasks]
    assert names.index("make") < names.index("use")


def test_fused_stages_are_one_neighbour() -> None:
    spec = spec_with({"fuse": True}, first={"before": "ingest"}, last={"after": "promote"})

    assert upstream(spec) == {"all_stages": ("first",), "first": (), "last": ("all_stages",)}


def test_nothing_comes_between_fused_stages() -> None:
    with pytest.raises(ConfigError, match="both before and after") as caught:
        spec_with({"fuse": True}, between={"after": "split", "before": "train"})

    assert caught.value.diagnostics[0].code == "HR358"


@pytest.mark.parametrize(
    ("neighbour", "meaning"),
    [("split", "the champion stays"), ("promote", "the champion had been decided on before")],
)
def test_a_failure_says_what_it_means_for_production(neighbour: str, meaning: str) -> None:
    assert added(spec_with(x={"after": neighbour}), "x").consequence == meaning


def test_options_are_what_the_task_says_and_not_what_stages_do() -> None:
    plain = added(spec_with(x={"after": "split"}), "x").options
    given = added(
        spec_with(x={"retries": 2, "retry_delay": "30s", "timeout": "5m", "trigger_rule": "all_done"}), "x"
    ).options

    assert (plain.retries, plain.timeout, plain.trigger_rule) == (None, None, None)
    assert (given.retries, given.retry_delay, given.timeout, given.trigger_rule) == (2, 30.0, 300.0, "all_done")


RUNTIME = {
    "queue": "big",
    "executor": "LocalExecutor",
    "priority": 9,
    "weight_rule": "absolute",
    "pool": "gpu",
    "pool_slots": 2,
    "retries": 5,
    "retry_backoff": 3,
    "max_retry_delay": "3h",
    "timeout": "9h",
    "retry_on": ["locked"],
    "depends_on_past": True,
    "wait_for_downstream": True,
    "max_active_tis_per_dag": 1,
}


def test_of_the_runtime_of_stages_a_task_takes_where_and_before_what_it_runs() -> None:
    found = added(spec_with(RUNTIME, x={}), "x")

    assert found.usual == Options(
        queue="big", executor="LocalExecutor", priority=9, weight_rule="absolute", doc_md=found.usual.doc_md
    )
    assert found.options == Options(owner="ml-team")


@pytest.mark.parametrize(
    ("key", "usual"), [("queue", None), ("executor", None), ("priority", 1), ("weight_rule", None)]
)
def test_what_the_runtime_says_can_be_taken_back(key: str, usual: Any) -> None:
    found = added(spec_with(RUNTIME, x={key: usual}), "x")

    assert getattr(found.options, key) is getattr(found.usual, key) is None


def test_a_delay_counts_where_only_the_decorator_says_how_often() -> None:
    assert added(spec_with(x={"retry_delay": "5m"}), "x").options.retry_delay == 300
    assert added(spec_with(x={"retries": 2}), "x").options.retry_delay == 60
    assert added(spec_with(x={}), "x").options.retry_delay is None


def test_the_page_of_a_task_has_what_people_wrote_above_what_it_is() -> None:
    page = added(spec_with(x={"doc": "Ask *somebody*.\n", "queue": "`big`"}), "x").options.doc_md or ""

    prose, made = page.split("\n\n", 1)
    assert prose == "Ask *somebody*."
    sentence, _, function, queue = made.split("\n")
    assert sentence == "Calls a function."
    assert function.startswith("- `tasks.x.function`: `shop.hooks.refresh`")
    assert queue.startswith("- `tasks.x.queue`: `'big'`")
    assert added(spec_with(x={}), "x").usual.doc_md == made.partition("\n- `tasks.x.queue`")[0]


def test_an_asset_is_whole() -> None:
    cities = {"name": "cities", "uri": "s3://lake/cities.csv"}
    found = added(spec_with(x={"inlets": ["headrace.model.churn", cities], "outlets": ["s3://a/b"]}), "x")

    assert found.inlets == ({"name": "headrace.model.churn", "uri": "headrace://model/churn"}, cities)
    assert found.outlets == ({"name": "s3://a/b", "uri": "s3://a/b"},)


def test_the_document_is_read_as_it_was_written() -> None:
    spec = spec_with(
        x={
            "after": "split",
            "args": {"a": {"from": "y"}},
            "expand": {"b": [1, 2]},
            "map_index": "b",
            "group": "g",
            "outlets": ["s3://a/b"],
            "queue": "big",
        },
        y={"expand_kwargs": [{"a": 1}]},
    )
    document = json.loads(json.dumps(to_json(spec)))

    assert to_json(from_json(document)) == document
    assert isinstance(from_json(document).tasks[-1], OperatorTask)


def test_stages_know_nothing_of_added_tasks() -> None:
    recipes = {stage.name: stage.recipe for stage in plan_of().stages}

    assert {s.name: s.recipe for s in plan_of(tasks={"x": {**FUNCTION, "after": "split"}}).stages} == recipes


def test_what_stands_in_the_middle_of_a_group_is_shown_in_it() -> None:
    """Airflow's graph would lead out of the group and back into it."""
    tasks: dict[str, Any] = {
        "approve": {**FUNCTION, "after": "gate"},
        "sign": {**FUNCTION, "after": "approve", "before": "promote"},
        "look": {**FUNCTION, "after": "split", "before": "train"},
        "own": {**FUNCTION, "after": "gate", "before": "promote", "group": "people"},
        "tell": {**FUNCTION, "after": "track"},
    }

    spec = dag_spec(plan_of(tasks=tasks))

    assert {task.task_id: task.group for task in spec.tasks if task.task_id in tasks} == {
        "approve": "release",
        "sign": "release",
        "look": None,
        "own": "people",
        "tell": None,
    }
    plain = dag_spec(plan_of(tasks=tasks, dag={"groups": "none"}))
    assert {task.group for task in plain.tasks} == {None, "people"}
