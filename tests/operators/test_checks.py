"""Added tasks held against the operators that are installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from headrace.operators import index
from headrace.operators.checks import are_checked, look_up_operators, operator_diagnostics, task_diagnostics
from headrace.plan.model import Plan
from plans import plan_of

STANDARD = "airflow.providers.standard"
FILE = f"{STANDARD}.sensors.filesystem.FileSensor"
APPROVAL = f"{STANDARD}.operators.hitl.ApprovalOperator"
PYTHON = f"{STANDARD}.operators.python.PythonOperator"
BRANCH = f"{STANDARD}.operators.hitl.HITLBranchOperator"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


def plan_with(**task: Any) -> Plan:
    return plan_of(tasks={"added": {"after": "ingest", **task}})


def said(cache: Path, operator: str, args: dict[str, Any], **task: Any) -> list[str]:
    plan = plan_with(operator=operator, args=args, **task)
    found = [*task_diagnostics(plan, cache), *operator_diagnostics(plan, cache, cache)]
    return [f"{each.code} {each.message} ({each.remedy})" for each in found]


def test_arguments_that_are_right_are_no_problem(cache: Path) -> None:
    args = {"filepath": {"from": "added2"}, "poke_interval": "30s", "timeout": 600, "deferrable": True}
    plan = plan_of(
        tasks={
            "added": {"operator": FILE, "args": args, "before": "ingest"},
            "added2": {"operator": APPROVAL, "args": {"subject": "?", "response_timeout": "1d"}},
        }
    )

    assert task_diagnostics(plan, cache) == []
    assert operator_diagnostics(plan, cache, cache) == []


@pytest.mark.parametrize(
    ("operator", "args", "expected"),
    [
        (FILE, {"filpath": "x"}, ["HR354 FileSensor has no argument `filpath`", "HR355 FileSensor needs `filepath`"]),
        (FILE, {"filepath": "x", "deferrable": "yes"}, ["HR356 `deferrable` of FileSensor is `yes`, and has to be"]),
        (FILE, {"filepath": "x", "retries": 3}, ["HR354 `retries` is not for `args` (write `retries` beside `args`)"]),
        (FILE, {"filepath": "x", "queue": "q"}, ["HR354 `queue` is not for `args` (write `queue` beside `args`)"]),
        *(
            (FILE, {"filepath": "x", name: 1}, [f"HR354 `{name}` is not for `args` (write `{key}` beside `args`)"])
            for name, key in {
                "priority_weight": "priority",
                "doc_md": "doc",
                "task_display_name": "display_name",
            }.items()
        ),
        (FILE, {"filepath": "x", "task_id": "y"}, ["HR354 `task_id` is not for `args` (delete it: a task is called"]),
        (FILE, {"filepath": "x", "executor_config": {}}, ["HR354 `executor_config` of FileSensor is not for YAML"]),
        (FILE, {"filepath": "x", "mode": {"run": "run_id"}}, ["HR360 `mode` of FileSensor is fixed before a run"]),
        (APPROVAL, {"subject": "?", "options": ["a"]}, ["HR354 ApprovalOperator has no argument `options`"]),
        (
            APPROVAL,
            {"subject": "?", "response_timeout": 5},
            ["HR356 `response_timeout` of ApprovalOperator is `5`, whi"],
        ),
        (PYTHON, {}, ["HR355 PythonOperator needs a Python object for `python_callable`"]),
        (
            PYTHON,
            {"python_callable": "shop.hooks.cities"},
            ["HR356 `python_callable` of PythonOperator has to be a Python object, which YAML cannot give"],
        ),
        ("airflow.sdk.DAG", {}, ["HR352 airflow.sdk.DAG is no operator (choose an operator or a sensor"]),
        ("airflow.sdk.bases.operator.BaseOperator", {}, ["HR352 airflow.sdk.bases.operator.BaseOperator is what"]),
        (BRANCH, {"subject": "?", "options": ["train", "track"]}, []),
        (BRANCH, {"subject": "?", "options": ["a"], "options_mapping": {"a": "track"}}, []),
        (BRANCH, {"subject": "?", "options": ["gate_to_promote", "release"]}, []),
        (
            BRANCH,
            {"subject": "?", "options": ["trian", "b", "track"], "options_mapping": {"b": "nope"}},
            ["HR357 there is no task `trian` to go on with (did you mean train", "HR357 there is no task `nope`"],
        ),
        (
            f"{STANDARD}.sensors.filesystem.FileSensr",
            {},
            ["HR352 airflow.providers.standard.sensors.filesystem has no"],
        ),
    ],
)
def test_what_is_said_of_wrong_ones(cache: Path, operator: str, args: dict[str, Any], expected: list[str]) -> None:
    found = said(cache, operator, args)

    assert len(found) == len(expected)
    assert all(text.startswith(start) for text, start in zip(found, expected, strict=True)), found


def test_a_function_is_no_operator_and_has_a_key_of_its_own(cache: Path, tmp_path: Path) -> None:
    module = tmp_path / "src" / "own_shop" / "hooks.py"
    module.parent.mkdir(parents=True)
    module.write_text("def cities(): ...")

    (found,) = operator_diagnostics(plan_with(operator="own_shop.hooks.cities"), tmp_path, cache)

    assert (found.code, found.remedy) == ("HR352", "write `function: own_shop.hooks.cities` instead")


def test_a_callable_that_yaml_names_is_a_function_of_the_project(cache: Path) -> None:
    (found,) = said(cache, PYTHON, {"python_callable": "shop.hooks.cities"})
    assert "write `function: shop.hooks.cities`, a function of the project's `src/`, instead of `operator`" in found


def test_a_set_of_arguments_that_lacks_one_is_told_where_it_is(cache: Path) -> None:
    plan = plan_with(operator=FILE, expand_kwargs=[{"filepath": "a"}, {"poke_interval": "30s"}])
    assert [each.message for each in operator_diagnostics(plan, cache, cache)] == ["FileSensor needs `filepath`"]

    assert said(cache, FILE, {"filepath": "a"}, expand_kwargs=[{"poke_interval": "30s"}]) == []


@pytest.mark.parametrize("key", ["retry_on", "retry_delay", "retry_delays", "retry_backoff", "max_retry_delay"])
def test_how_to_try_again_is_in_vain_where_nothing_is_tried_again(cache: Path, key: str) -> None:
    value = {"retry_on": ["locked"], "retry_delays": {"locked": "5m"}, "retry_backoff": True}.get(key, "5m")
    args = {"filepath": "x"}

    (found,) = said(cache, FILE, args, **{key: value})

    assert found.startswith(f"HR367 `{key}` is about further tries")
    assert said(cache, FILE, args, retries=0, **{key: value}) == [found]
    assert said(cache, FILE, args, retries=1, **{key: value}) == []


@pytest.mark.parametrize(
    "outlet",
    ["headrace.model.other", "headrace://dataset/other", {"name": "mine", "uri": "headrace://model/other"}],
)
def test_what_another_pipeline_makes_is_for_that_one_to_tell(cache: Path, outlet: Any) -> None:
    args = {"filepath": "x"}
    (found,) = said(cache, FILE, args, outlets=[outlet])

    assert found.startswith("HR367 this is the ")
    assert said(cache, FILE, args, inlets=[outlet], outlets=["headrace.model.flights", "other"]) == []


def test_each_copys_arguments_are_checked(cache: Path) -> None:
    (found,) = said(cache, FILE, {"deferrable": True}, expand={"filepath": ["a", "b"], "soft_fail": [True, "no"]})

    assert found.startswith("HR356 `soft_fail` of FileSensor is `no`")


def test_operators_are_looked_up_once_for_all_plans(cache: Path) -> None:
    plans = [plan_with(operator=FILE, args={"filepath": "x"}), plan_with(operator=APPROVAL, args={"subject": "?"})]

    look_up_operators(plans, cache, cache)

    assert all(are_checked(plan, cache) for plan in plans)


def test_without_airflow_it_is_said_that_arguments_are_not_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "has_airflow", lambda: False)
    plan = plan_with(operator=FILE, args={"filpath": "x"})

    (found,) = operator_diagnostics(plan, tmp_path, tmp_path)

    assert (found.code, found.severity) == ("HR350", "warning")
    assert are_checked(plan, tmp_path)
