"""Pipelines through Airflow for real: its own `dag.test()`, real stages, real data, a real registry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from airflow_runs import RunSeen, dags_test
from projects import Sandbox, churn_project, copy_of_repository, statuses

pytestmark = pytest.mark.xdist_group("airflow-e2e")

FAST = "runtime: {retry_delay: 1s, retries: 1}\n"


def said(seen: RunSeen) -> dict[str, str]:
    """Stage -> ran, reused, refused …, as its process said last."""
    lines = (line.strip().split(": ") for line in seen.out.splitlines() if line.startswith("  "))
    return {line[0]: line[1] for line in lines if len(line) == 2 and line[1] != "started"}


def records(project: Sandbox) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((project.home / "store" / "runs").glob("*.json"))]


class TestDagThenRun:
    @pytest.fixture(scope="class")
    def project(self, tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
        return copy_of_repository(tmp_path_factory.mktemp("dag") / "project", pipelines=["wine_cultivars"])

    @pytest.fixture(scope="class")
    def seen(self, project: Sandbox) -> RunSeen:
        (seen,) = dags_test(project, ["wine_cultivars"]).values()
        return seen

    def test_the_dag_makes_a_champion(self, seen: RunSeen) -> None:
        assert seen.code == 0, seen.out
        assert set(seen.states.values()) == {"success"}
        assert set(said(seen).values()) == {"ran"}

    def test_a_local_run_reuses_all_of_it(self, project: Sandbox, seen: RunSeen) -> None:
        document = project.run("wine_cultivars")

        assert set(statuses(document).values()) == {"reused"}
        assert document["run_id"] is None
        assert document["model"] == {"name": "wine_cultivars", "version": "1", "alias": "champion"}


class TestRunThenDag:
    @pytest.fixture(scope="class")
    def project(self, tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
        project = churn_project(tmp_path_factory.mktemp("run") / "project")
        yaml = (project.root / "conf/pipeline/churn.yaml").read_text() + FAST
        project.write("conf/pipeline/churn.yaml", yaml + "schedule: {cron: '@daily'}\n")
        project.write(
            "conf/pipeline/strict.yaml", yaml.replace("min: 0.6}", "min: 0.999}") + "registry: {name: churn}\n"
        )
        project.write("conf/pipeline/lost.yaml", yaml.replace("/dataset: churn", "/dataset: lost"))
        dataset = (project.root / "conf/dataset/churn.yaml").read_text()
        project.write("conf/dataset/lost.yaml", dataset.replace("customers.csv", "lost.csv"))
        project.run("churn")
        project.run("churn", "--as-of", "2024-03-20")
        return project

    @pytest.fixture(scope="class")
    def seen(self, project: Sandbox) -> dict[str, RunSeen]:
        runs = [
            ["strict", "--structure"],
            ["churn"],
            ["churn", "--date", "2024-03-20T05:00:00Z"],
            ["churn", "--date", "2030-01-01"],
            ["strict"],
            ["lost"],
        ]
        return dags_test(project, *runs)

    def test_the_dag_reuses_what_the_run_made(self, seen: dict[str, RunSeen]) -> None:
        assert seen["churn"].code == 0, seen["churn"].out
        assert set(said(seen["churn"]).values()) == {"reused"}

    def test_a_data_interval_is_the_same_clock_as_a_local_one(self, project: Sandbox, seen: dict[str, RunSeen]) -> None:
        past = seen["churn --date 2024-03-20T05:00:00Z"]

        assert past.code == 0, past.out
        assert set(said(past).values()) == {"reused"}
        assert "2024-03-20T00:00:00+00:00" in {record["as_of"] for record in records(project)}

    def test_a_later_clock_that_sees_the_same_rows_reuses_them(self, seen: dict[str, RunSeen]) -> None:
        later = seen["churn --date 2030-01-01"]

        assert {said(later)[stage] for stage in ("ingest", "split", "train", "evaluate")} == {"reused"}

    def test_a_refused_model_is_tracked_and_the_champion_stays(
        self, project: Sandbox, seen: dict[str, RunSeen]
    ) -> None:
        refused = seen["strict"]

        assert refused.code == 0, refused.out
        assert refused.states["gate"] == "success"
        assert refused.states["register"] == refused.states["promote"] == "skipped"
        assert refused.states["track"] == "success"
        assert "strict was refused by a gate" in refused.out
        assert "below" in refused.out
        assert project.run("churn")["model"]["alias"] == "champion"

    def test_missing_data_fails_at_once_with_its_place(self, seen: dict[str, RunSeen]) -> None:
        lost = seen["lost"]

        assert lost.code == 1
        assert lost.states["ingest"] == "failed"
        assert lost.tries["ingest"] == 1
        assert "conf/dataset/lost.yaml" in lost.out
        assert "lost.csv" in lost.out
        assert "the champion stays" in lost.out

    def test_walking_the_structure_runs_no_stage(self, project: Sandbox, seen: dict[str, RunSeen]) -> None:
        walked = seen["strict --structure"]

        assert walked.code == 0
        assert set(walked.states.values()) == {"success"}
        assert len(walked.states) == 8
        assert said(walked) == {}


def test_a_fused_pipeline_is_one_process_with_the_same_results(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")
    pipeline = project.root / "conf/pipeline/churn.yaml"
    pipeline.write_text(pipeline.read_text() + "runtime: {fuse: true}\n")

    (seen,) = dags_test(project, ["churn"]).values()
    document = project.run("churn")

    assert seen.code == 0, seen.out
    assert seen.states == {"all_stages": "success"}
    assert set(statuses(document).values()) == {"reused"}
