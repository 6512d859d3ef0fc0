"""Configuration as what Airflow does for a task and for a DAG."""

from __future__ import annotations

import json
from typing import Any

import pytest

from headrace.config.schema.dag import Dag
from headrace.config.schema.execution import Execution, StageExecution
from headrace.config.schema.placement import Placement
from headrace.plan.model import Plan
from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.spec.model import DeadlineSpec, Options, from_json, to_json
from plans import plan_of

#: Key of `runtime`, a value that is not its default, and the option that it becomes.
EFFECTS: dict[str, tuple[Any, str, Any]] = {
    "retries": (7, "retries", 7),
    "retry_on": (["killed"], "retry_on", ("killed",)),
    "retry_delay": ("5m", "retry_delay", 300),
    "retry_delays": ({"locked": "10s"}, "retry_delays", {"locked": 10}),
    "retry_backoff": (3, "retry_backoff", 3),
    "max_retry_delay": ("3h", "max_retry_delay", 10_800),
    "timeout": ("6h", "timeout", 21_600),
    "pool": ("gpu", "pool", "gpu"),
    "pool_slots": (2, "pool_slots", 2),
    "queue": ("highmem", "queue", "highmem"),
    "executor": ("LocalExecutor", "executor", "LocalExecutor"),
    "priority": (10, "priority", 10),
    "weight_rule": ("absolute", "weight_rule", "absolute"),
    "depends_on_past": (True, "depends_on_past", True),
    "wait_for_downstream": (True, "wait_for_downstream", True),
    "max_active_tis_per_dag": (1, "max_active_tis_per_dag", 1),
    "owner": ("research", "owner", "research"),
    "display_name": ("Train", "display_name", "Train"),
    "doc": ("Ask *somebody*.\n", "doc_md", "Ask *somebody*.\n\nFits the estimator to the training part."),
}
#: Key of `dag` -> a value that is not its default.
DAG_EFFECTS: dict[str, Any] = {
    "display_name": "Late?",
    "doc": "On call: nobody.",
    "links": {"ml-team": "https://x.example/ml"},
    "groups": "none",
    "paused": False,
    "timeout": "6h",
    "deadlines": [{"within": "2h"}],
    "max_consecutive_failed_runs": 3,
    "max_active_tasks": 4,
}


def options(plan: Plan, task: str) -> Options:
    return next(each.options for each in dag_spec(plan).tasks if each.task_id == task)


def test_every_key_has_an_effect() -> None:
    assert set(EFFECTS) == set(StageExecution.model_fields) - set(Placement.model_fields)


@pytest.mark.parametrize("key", Execution.model_fields)
def test_what_the_pipeline_says_holds_for_every_task(key: str) -> None:
    written, name, value = EFFECTS[key]
    tasks = dag_spec(plan_of(runtime={key: written})).tasks

    assert [getattr(task.options, name) for task in tasks] == [value] * len(tasks)
    assert getattr(options(plan_of(runtime={}), "train"), name) != value


@pytest.mark.parametrize("key", EFFECTS)
def test_what_a_stage_says_holds_for_it_alone(key: str) -> None:
    written, name, value = EFFECTS[key]
    plan = plan_of(runtime={"stages": {"train": {key: written}}})

    found = getattr(options(plan, "train"), name)
    assert found.startswith(value) if key == "doc" else found == value
    assert getattr(options(plan, "split"), name) == getattr(options(plan_of(runtime={}), "split"), name)


@pytest.mark.parametrize("key", EFFECTS)
def test_an_added_task_says_the_same_of_itself(key: str) -> None:
    written, name, value = EFFECTS[key]
    task = {"function": "shop.hooks.refresh", key: written}

    found = getattr(options(plan_of(tasks={"t": task}), "t"), name)
    assert found == value if key != "doc" else found.startswith("Ask *somebody*.\n\nCalls a function.")


def test_fused_stages_share_their_time_and_the_most_retries() -> None:
    stages = {"train": {"timeout": "6h", "retries": 5}}
    plan = plan_of(runtime={"fuse": True, "timeout": "1h", "retries": 1, "stages": stages})

    (only,) = dag_spec(plan).tasks

    assert only.options.timeout == 3600 * (len(plan.stages) - 1) + 6 * 3600
    assert only.options.retries == 5


def test_how_stages_run_changes_no_result() -> None:
    runtime = {key: written for key, (written, _, _) in EFFECTS.items() if key in Execution.model_fields}
    other = plan_of(runtime={**runtime, "stages": {"train": {"retries": 9}}}, dag={"timeout": "6h"})

    assert [stage.recipe for stage in other.stages] == [stage.recipe for stage in plan_of().stages]
    assert other.digest != plan_of().digest


def test_a_dag_is_told_what_its_runs_are_held_to() -> None:
    dag = {
        "display_name": "Late?",
        "links": {"nobody": "mailto:nobody@example.com"},
        "paused": False,
        "timeout": "6h",
        "deadlines": [{"within": "2h"}, {"after": "average", "within": "1h", "runs": 3}],
        "max_consecutive_failed_runs": 3,
        "max_active_tasks": 4,
    }
    found = dag_spec(plan_of(dag=dag))

    assert found.options.display_name == "Late?"
    assert found.options.links == dag["links"]
    assert found.options.paused is False
    assert found.options.timeout == 21_600
    assert found.options.deadlines == (DeadlineSpec(7200), DeadlineSpec(3600, "average", 3))
    assert found.options.max_consecutive_failed_runs == 3
    assert found.options.max_active_tasks == 4
    document = json.loads(json.dumps(to_json(found)))
    assert to_json(from_json(document)) == document
    assert from_json(document).options == found.options


@pytest.mark.parametrize("key", Dag.model_fields)
def test_every_key_of_a_dag_has_an_effect(key: str) -> None:
    changed, plain = (dag_spec(plan_of(dag=dag))._replace(plan="") for dag in ({key: DAG_EFFECTS[key]}, {}))

    assert to_json(changed) != to_json(plain)


def test_prose_stands_above_the_page_that_is_made() -> None:
    page = dag_spec(plan_of(dag={"doc": "See the [run book](https://x.example).\n"})).doc_md

    prose, made = page.split("\n\n", 1)
    assert prose == "See the [run book](https://x.example)."
    assert made.startswith("# ")


def test_stages_are_in_groups_unless_that_is_not_wanted() -> None:
    plain = dag_spec(plan_of(dag={"groups": "none"}))

    assert {task.group for task in plain.tasks} == {None}
    assert {task.task_id: task.group for task in dag_spec(plan_of()).tasks} == {
        "ingest": "data",
        "validate": "data",
        "transform": "data",
        "validate_table": "data",
        "split": "data",
        "train": "model",
        "evaluate": "model",
        "gate": "release",
        "register": "release",
        "promote": "release",
        "track": "release",
    }


def test_a_task_says_what_it_does_with_which_values() -> None:
    runtime = {"retry_on": ["locked"], "stages": {"train": {"timeout": "6h"}, "validate": {"retries": 1}}}
    plan = plan_of(runtime=runtime)

    train = options(plan, "train").doc_md or ""
    assert train.startswith("Fits the estimator")
    assert "`model.type`: `sklearn.linear_model.LogisticRegression`" in train
    assert "`runtime.stages.train.timeout`: `6h`" in train
    assert '`runtime.retry_on`: `["locked"]`' in train
    table = options(plan, "validate_table").doc_md or ""
    assert "`runtime.stages.validate.retries`: `1`" in table
    assert "`validation.table`" in table
    assert "retry_on" not in (options(plan_of(), "train").doc_md or "")


def test_prose_is_said_once_and_belongs_to_its_stage() -> None:
    stages = {"train": {"doc": "Ask *somebody*."}}
    alone = options(plan_of(runtime={"stages": stages}), "train").doc_md or ""
    shared = options(plan_of(runtime={"stages": stages, "fuse": True}), "all_stages").doc_md or ""

    assert alone.count("somebody") == shared.count("somebody") == 1
    assert "**train** Ask *somebody*.\n\nFits the estimator" in shared


def test_nothing_of_a_value_is_markdown() -> None:
    plan = plan_of(runtime={"stages": {"train": {"display_name": "`x` | <b>y</b>"}}})

    assert "`'x' \\| <b>y</b>`" in (options(plan, "train").doc_md or "")
