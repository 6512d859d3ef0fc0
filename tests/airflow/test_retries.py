"""Which failures Airflow tries again: real runs of scripted stages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from airflow_runs import RunSeen, copy_database, dags_test
from projects import CHURN_PIPELINE, churn_project
from scripted_stages import ScriptedStages


def failed(kind: str | None = None, code: int = 75) -> dict[str, Any]:
    return {"exit": code, "document": {"stage": "ingest", "status": "failed", "diagnostics": [], "failure": kind}}


@dataclass(frozen=True)
class Scenario:
    steps: list[dict[str, Any]]
    runtime: str


SCENARIOS = {
    "named": Scenario([failed("locked"), {}], "retry_on: [locked]"),
    "not_named": Scenario([failed("connection")], "retry_on: [locked]"),
    "no_kind": Scenario([failed()], "retry_on: [locked]"),
    "killed": Scenario([{"exit": 137, "document": {}}], "retry_on: [locked]"),
    "killed_again": Scenario([{"exit": 137, "document": {}}, {}], "retry_on: [killed]"),
    "timed_out": Scenario([{"sleeps": 60}], "retry_on: [locked], stages: {ingest: {timeout: 1s}}"),
    "wrong": Scenario([failed("locked", 65)], "retry_on: [locked]"),
    "of_its_own": Scenario([failed("locked")], "stages: {ingest: {retries: 1}}"),
    "sooner": Scenario([failed("locked"), {}], "retry_delay: 20h, max_retry_delay: 20h, retry_delays: {locked: 1s}"),
}


@dataclass(frozen=True)
class Ran:
    stages: ScriptedStages
    results: dict[str, RunSeen]

    def tries(self, name: str) -> int:
        return len(self.stages.calls(name, "ingest"))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Ran:
    project = churn_project(tmp_path_factory.mktemp("retries") / "project")
    (project.root / "conf/pipeline/churn.yaml").unlink()
    copy_database(migrated, project)
    stages = ScriptedStages.install(project, {name: {"ingest": s.steps} for name, s in SCENARIOS.items()})
    for name, scenario in SCENARIOS.items():
        usual = "" if "retry_delay:" in scenario.runtime else "retry_delay: 1s, "
        runtime = f"runtime: {{python: bin/python, retry_backoff: false, {usual}{scenario.runtime}}}\n"
        project.write(f"conf/pipeline/{name}.yaml", CHURN_PIPELINE + runtime)
    results = dags_test(project, *([name] for name in SCENARIOS))
    return Ran(stages, results)


def test_a_failure_that_is_named_is_tried_again(ran: Ran) -> None:
    assert ran.results["named"].code == 0, ran.results["named"].out
    assert ran.tries("named") == 2


@pytest.mark.parametrize("name", ["not_named", "no_kind", "killed", "timed_out", "wrong"])
def test_any_other_is_not(ran: Ran, name: str) -> None:
    assert ran.results[name].code == 1
    assert ran.results[name].states["ingest"] == "failed"
    assert ran.tries(name) == 1


def test_a_stage_that_was_killed_is_told_from_one_that_failed(ran: Ran) -> None:
    assert ran.results["killed_again"].code == 0
    assert ran.tries("killed_again") == 2


def test_a_stage_has_retries_of_its_own(ran: Ran) -> None:
    assert ran.results["of_its_own"].code == 1
    assert ran.tries("of_its_own") == 2


def test_a_kind_of_failure_has_a_delay_of_its_own(ran: Ran) -> None:
    assert ran.results["sooner"].code == 0
    assert ran.tries("sooner") == 2
