"""Pipelines through Airflow for real: its own `dag.test()`, real stages, real data, a real registry."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from airflow_runs import RunSeen, copy_database, dags_test
from canaries import command_lines, sightings
from projects import Sandbox, churn_project, copy_of_repository, statuses

PURE = ("ingest", "split", "train", "evaluate")


def said(seen: RunSeen) -> dict[str, str]:
    """Stage -> ran, reused, refused …, as its process said last."""
    lines = re.findall(r"^  +(\w+): (ran|reused|refused|skipped|failed)\b", seen.out, re.MULTILINE)
    return dict(lines)


def records(project: Sandbox) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((project.home / "store" / "runs").glob("*.json"))]


CANARY = 'dag-canary/"7é'


@dataclass(frozen=True)
class Wine:
    """A DAG's run on an empty store, with a secret, and the arguments of all processes meanwhile."""

    project: Sandbox
    seen: RunSeen
    commands: frozenset[str]


@pytest.fixture(scope="module")
def wine(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Wine:
    project = copy_of_repository(tmp_path_factory.mktemp("dag") / "project", pipelines=["wine_cultivars"])
    copy_database(migrated, project)
    pipeline = project.root / "conf/pipeline/wine_cultivars.yaml"
    notify = 'notify: [{type: webhook, url: "http://127.0.0.1:9/${secret:HOOK}"}]\n'
    pipeline.write_text(pipeline.read_text() + notify + 'runtime: {env: {TOKEN: "${secret:HOOK}"}}\n')
    with command_lines() as commands:
        (seen,) = dags_test(project, ["wine_cultivars"], HOOK=CANARY).values()
    return Wine(project, seen, frozenset(commands))


class TestDagThenRun:
    def test_the_dag_makes_a_champion(self, wine: Wine) -> None:
        seen = wine.seen

        assert seen.code == 0, seen.out
        assert set(seen.states.values()) == {"success"}
        assert set(said(seen).values()) == {"ran"}

    def test_its_secret_is_in_no_file_database_or_argument(self, wine: Wine) -> None:
        home = wine.project.home
        assert any(b"${secret:HOOK}" in path.read_bytes() for path in home.rglob("*.json")), "the reference is kept"
        assert list(home.rglob("airflow.db")), "Airflow's own database is searched too"

        assert sightings(CANARY, [wine.project.root], [wine.seen.out, *wine.commands]) == []

    def test_a_local_run_reuses_all_of_it(self, wine: Wine) -> None:
        document = wine.project.run("wine_cultivars", HOOK=CANARY)

        assert set(statuses(document).values()) == {"reused"}
        assert document["run_id"] is None
        assert document["model"] == {"name": "wine_cultivars", "version": "1", "alias": "champion"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Sandbox:
    project = churn_project(tmp_path_factory.mktemp("run") / "project")
    copy_database(migrated, project)
    plain = (project.root / "conf/pipeline/churn.yaml").read_text()
    retries = "runtime: {retry_delay: 1s, retries: 1}\n"
    same_model = "registry: {name: churn}\n"
    strict = plain.replace("min: 0.6}", "min: 0.999}")
    project.write("conf/pipeline/churn.yaml", plain + retries + "schedule: {cron: '@daily'}\n")
    project.write("conf/pipeline/strict.yaml", strict + retries + same_model)
    project.write("conf/pipeline/fused.yaml", plain + "runtime: {fuse: true}\n" + same_model)
    project.write("conf/pipeline/lost.yaml", plain.replace("/dataset: churn", "/dataset: lost") + retries)
    dataset = (project.root / "conf/dataset/churn.yaml").read_text()
    project.write("conf/dataset/lost.yaml", dataset.replace("customers.csv", "lost.csv"))
    project.run("churn", "--as-of", "2024-03-20")
    project.run("churn")
    return project


@pytest.fixture(scope="module")
def seen(project: Sandbox) -> dict[str, RunSeen]:
    """The DAGs, after local runs of the same pipeline."""
    runs = [
        ["strict", "--structure"],
        ["churn"],
        ["churn", "--date", "2024-03-20T05:00:00Z"],
        ["churn", "--date", "2030-01-01"],
        ["strict"],
        ["fused"],
        ["lost"],
    ]
    return dags_test(project, *runs)


class TestRunThenDag:
    def test_the_dag_reuses_what_the_run_made(self, seen: dict[str, RunSeen]) -> None:
        assert seen["churn"].code == 0, seen["churn"].out
        assert set(said(seen["churn"]).values()) == {"reused"}

    def test_a_data_interval_is_the_same_clock_as_a_local_one(self, project: Sandbox, seen: dict[str, RunSeen]) -> None:
        past = seen["churn --date 2024-03-20T05:00:00Z"]

        assert past.code == 0, past.out
        assert {said(past)[stage] for stage in PURE} == {"reused"}
        assert "2024-03-20T00:00:00+00:00" in {record["as_of"] for record in records(project)}

    def test_a_later_clock_that_sees_the_same_rows_reuses_them(self, seen: dict[str, RunSeen]) -> None:
        later = seen["churn --date 2030-01-01"]

        assert {said(later)[stage] for stage in PURE} == {"reused"}

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

    def test_a_fused_pipeline_is_one_process_with_the_same_results(self, seen: dict[str, RunSeen]) -> None:
        fused = seen["fused"]

        assert fused.code == 0, fused.out
        assert fused.states == {"all_stages": "success"}
        assert {said(fused)[stage] for stage in PURE} == {"reused"}
        assert said(fused)["track"] == "ran"

    def test_missing_data_fails_at_once_with_its_place(self, seen: dict[str, RunSeen]) -> None:
        lost = seen["lost"]

        assert lost.code == 1
        assert lost.states["ingest"] == "failed"
        assert lost.tries["ingest"] == 1
        assert "conf/dataset/lost.yaml" in lost.out
        assert "lost.csv" in lost.out
        assert "the champion stays" in lost.out

    def test_walking_the_structure_runs_no_stage(self, seen: dict[str, RunSeen]) -> None:
        walked = seen["strict --structure"]

        assert walked.code == 0
        assert set(walked.states.values()) == {"success"}
        assert len(walked.states) == 8
        assert said(walked) == {}
