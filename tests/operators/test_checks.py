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
