from __future__ import annotations

from pathlib import Path

import pytest

from headrace.change.cost import cost, recorded
from headrace.plan.loading import load
from headrace.project import Project
from headrace.store import LocalStore
from repositories import Repository


def past_run(
    project: Project, run: str, seconds: dict[str, float], status: str = "ran", pipeline: str = "late"
) -> None:
    store = LocalStore(project.home / "store")
    store.put_document("runs", run, {"run_id": run, "pipeline": pipeline, "status": "done"})
    for stage, value in seconds.items():
        store.put_document(f"runs/{run}", stage, {"status": status, "key": "k", "seconds": value, "observed": None})


@pytest.fixture
def project(repo: Repository) -> Project:
    return repo.project


def test_medians_and_how_sure_they_are(project: Project) -> None:
    plan = load(project, "late").require()
    past_run(project, "late-1", {"train": 5.0, "evaluate": 1.0})
    past_run(project, "late-2", {"train": 9.0, "evaluate": 1.5})
    past_run(project, "late-3", {"train": 6.0})
    past_run(project, "late-4", {"train": 0.0}, status="reused")
    past_run(project, "other-1", {"train": 99.0}, pipeline="other")

    found = cost(project, plan, plan, ["train", "evaluate", "gate"])

    assert (found.seconds, found.low, found.high, found.runs) == (7.25, 6.0, 10.5, 2)
    assert found.unknown == ("gate",)


def test_nothing_is_known_and_nothing_is_made(project: Project) -> None:
    plan = load(project, "late").require()

    found = cost(project, plan, plan, ["train"])

    assert (found.seconds, found.unknown) == (None, ("train",))
    assert not (project.home / "mlflow.db").exists()
    assert recorded(Project(Path("/nowhere"), Path("/nowhere/home")), "late") == {}


def test_another_estimator_makes_it_less_sure(repo: Repository) -> None:
    before = load(repo.project, "late").require()
    repo.edit("conf/pipeline/late.yaml", "/model: boosted", "/model: forest")
    repo.edit("conf/pipeline/late.yaml", "model:\n  params: {max_bin: 128}\n", "")
    past_run(repo.project, "late-1", {"train": 5.0})

    found = cost(repo.project, before, load(repo.project, "late").require(), ["train"])

    assert found.notes == ("training was measured with XGBClassifier",)
