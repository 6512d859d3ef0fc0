"""What a stage is compared with."""

from __future__ import annotations

from pathlib import Path

import pytest

import toy_stages
from headrace.project import Project
from headrace.run import Execution
from headrace.status.past import History
from headrace.store import LocalStore
from toy_stages import toy_plan


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "source.txt").write_text("2024-01-01T00:00:00+00:00")
    return Project(tmp_path, tmp_path / "home")


def run(project: Project, **changes: object) -> str | None:
    plan = toy_plan(**changes)  # type: ignore[arg-type]
    return Execution(plan, project, kind_of=toy_stages.kind_of).run().run_id


def history(project: Project) -> History:
    return History(LocalStore(project.home / "store"), "toy")


def test_without_a_run_there_is_nothing(project: Project) -> None:
    assert history(project).last is None
    assert history(project).of("read") is None


def test_the_latest_run_comes_first(project: Project) -> None:
    run(project)
    second = run(project, times=3)
    found = history(project)

    assert found.last is not None
    assert found.last["run_id"] == second
    past = found.of("double")
    assert past is not None
    assert past.stage.config["times"] == 3
    assert past.action is not None
    assert set(past.inputs) == {"read"}


def test_a_stage_that_the_latest_run_did_not_get_to_is_looked_for_before_it(project: Project) -> None:
    first = run(project)
    run(project, fails="yes")
    found = history(project)

    past, reached = found.of("double"), found.of("read")
    assert past is not None
    assert reached is not None
    assert past.run["run_id"] == first
    assert reached.run["run_id"] != first


def test_other_pipelines_runs_do_not_count(project: Project) -> None:
    run(project)

    assert History(LocalStore(project.home / "store"), "other").last is None
