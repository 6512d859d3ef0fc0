"""Adding a pipeline is adding a file: lint, run, DAG, and a life of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects import Sandbox, churn_project, churn_rows, statuses


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return churn_project(tmp_path_factory.mktemp("churn") / "project")


@pytest.mark.xdist_group("churn")
class TestFourthPipeline:
    def test_lint_finds_nothing(self, project: Sandbox) -> None:
        done = project.headrace("lint")

        assert done.code == 0, done.out
        assert "no problems" in done.out

    def test_a_run_makes_a_champion(self, project: Sandbox) -> None:
        document = project.run("churn")

        assert document["status"] == "done"
        assert document["model"] == {"name": "churn", "version": "1", "alias": "champion"}
        assert document["metrics"]["test"]["roc_auc"] > 0.6
        assert statuses(document) == dict.fromkeys(
            ("ingest", "split", "train", "evaluate", "gate", "register", "promote", "track"), "ran"
        )

    def test_again_nothing_runs(self, project: Sandbox) -> None:
        document = project.run("churn")

        assert set(statuses(document).values()) == {"reused"}
        assert document["run_id"] is None
        assert document["model"]["alias"] == "champion"

    def test_it_has_a_sound_dag(self, project: Sandbox) -> None:
        done = project.headrace("dags", "check")

        assert done.code == 0, done.out + done.err
        assert "churn" in done.out

    def test_new_rows_make_a_version_that_predict_and_the_alias_follow(self, project: Sandbox) -> None:
        with (project.root / "data" / "customers.csv").open("a") as file:
            file.write("\n".join(churn_rows(90, 30)) + "\n")

        document = project.run("churn")
        done = project.headrace("predict", "churn", "--data", "data/customers.csv", "--out", "scored.csv")

        assert document["model"] == {"name": "churn", "version": "2", "alias": "champion"}
        assert done.code == 0, done.err
        assert "version 2" in done.out
        lines = (project.root / "scored.csv").read_text().splitlines()
        assert lines[0].startswith("customer,day,age,calls,plan,left,prediction,probability")
        assert len(lines) == 1 + 120 * 12


def test_an_override_that_names_nothing_is_a_usage_error(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")

    done = project.headrace("run", "churn", "modle=ridge")

    assert done.code == 2
    assert "modle" in done.err
    assert "Traceback" not in done.err
