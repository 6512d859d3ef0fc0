"""The shell steps of the action and of a new project's workflow, run as GitHub Actions runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from github_comments import GitHub, fake_github
from projects import REPOSITORY
from repositories import Repository, git, repository

ACTION = REPOSITORY / ".github/actions/headrace/action.yml"
WORKFLOW = REPOSITORY / "pipeline/headrace/scaffold/template/.github/workflows/headrace.yml"
OWN = REPOSITORY / ".github/workflows/ci.yml"

#: What of the expressions in `env:` the steps are given.
_EXPRESSIONS = {
    "${{ inputs.install }}": "headrace[airflow]",
    "${{ inputs.against }}": "",
    "${{ inputs.project }}": ".",
    "${{ inputs.comment == 'true' && inputs.token || '' }}": "t0ken",
    "${{ github.token }}": "t0ken",
}


def steps_of(file: Path) -> list[dict[str, Any]]:
    document = yaml.safe_load(file.read_text())
    if "runs" in document:
        return list(document["runs"]["steps"])
    return [step for job in document["jobs"].values() for step in job["steps"]]


@dataclass
class Runner:
    """A job on a pull request of a clone."""

    folder: Path
    project: Path
    github: GitHub

    def run(self, file: Path, name: str) -> subprocess.CompletedProcess[str]:
        step = next(step for step in steps_of(file) if step.get("name") == name)
        given = {key: _EXPRESSIONS[value] for key, value in step.get("env", {}).items()}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.project,
            env={**self.environ, **given},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def environ(self) -> Mapping[str, str]:
        event = self.folder / "event.json"
        event.write_text(json.dumps({"pull_request": {"number": 7}}))
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("HEADRACE_", "MLFLOW_", "GITHUB_"))
        }
        return {
            **kept,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_API_URL": self.github.address,
            "GITHUB_BASE_REF": "main",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REPOSITORY": "me/it",
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
        }


@pytest.fixture
def runner(tmp_path: Path) -> Any:
    origin = repository(tmp_path / "origin")
    git(tmp_path, "clone", "--quiet", str(origin.top), "clone")
    clone = Repository(tmp_path / "clone", tmp_path / "clone")
    clone.git("checkout", "--quiet", "-b", "mine")
    clone.edit("conf/pipeline/late.yaml", "0.65", "0.6")
    clone.commit("looser")
    with fake_github() as github:
        yield Runner(tmp_path, clone.root, github)


@pytest.mark.parametrize("file", [ACTION, WORKFLOW], ids=["action", "workflow"])
def test_a_pull_request_is_told_in_one_comment(runner: Runner, file: Path) -> None:
    for _ in range(2):
        told = runner.run(file, "What the change does")
        assert told.returncode == 0, told.stderr
        said = runner.run(file, "Say it on the pull request")
        assert said.returncode == 0, said.stderr

    (comment,) = runner.github.comments
    assert "gate loosened: roc_auc ≥ 0.65 → roc_auc ≥ 0.6" in comment["body"]
    assert "the merge base with origin/main" in comment["body"]
    assert said.stdout == "comment 1 is up to date\n"


def test_a_pull_request_that_breaks_a_pipeline_fails_and_is_told(runner: Runner) -> None:
    path = runner.project / "conf/pipeline/late.yaml"
    path.write_text(path.read_text().replace("min: 0.6", "mni: 0.6"))

    linted = runner.run(ACTION, "Problems, on the lines that have them")
    told = runner.run(ACTION, "What the change does")
    runner.run(ACTION, "Say it on the pull request")

    assert linted.returncode == 1
    assert linted.stdout.startswith("::error file=conf/pipeline/late.yaml,line=17,col=23,title=HR140::unknown key")
    assert told.returncode == 1
    assert "does not compile any more" in runner.github.comments[0]["body"]


def test_a_fork_has_its_summary(runner: Runner) -> None:
    runner.github.forbidden = {"POST"}

    runner.run(ACTION, "What the change does")
    said = runner.run(ACTION, "Say it on the pull request")

    assert said.returncode == 0
    assert "the job's summary has it" in said.stdout
    assert "gate loosened" in (runner.folder / "summary.md").read_text()


def test_a_plan_that_could_not_be_made_says_nothing(runner: Runner) -> None:
    (runner.folder / "headrace-plan.md").write_text("")

    said = runner.run(WORKFLOW, "Say it on the pull request")

    assert (said.returncode, said.stdout, runner.github.comments) == (0, "", [])


@pytest.mark.slow
def test_the_dry_run_walks_every_dag(runner: Runner) -> None:
    (runner.project / "dags").mkdir()
    shutil.copy(REPOSITORY / "dag_factory/dags/headrace_dags.py", runner.project / "dags")
    done = runner.run(ACTION, "A dry run of the DAGs")

    assert done.returncode == 0, done.stderr
    assert "late" in done.stdout


@pytest.mark.parametrize("file", [ACTION, WORKFLOW, OWN], ids=["action", "workflow", "own"])
def test_no_expression_stands_in_a_shell_and_every_action_is_pinned(file: Path) -> None:
    for step in steps_of(file):
        assert "${{" not in step.get("run", "")
        used = step.get("uses", "./")
        assert used.startswith("./") or len(used.partition("@")[2]) == 40, used


def test_permissions_are_the_least() -> None:
    for file in (WORKFLOW, OWN):
        document = yaml.safe_load(file.read_text())
        assert document["permissions"] == {}
        assert "pull_request_target" not in file.read_text()
        for name, job in document["jobs"].items():
            writes = {scope for scope, access in job["permissions"].items() if access == "write"}
            assert writes <= ({"pull-requests"} if name in ("plan", "check") else set())


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def test_the_files_are_what_github_and_pre_commit_take() -> None:
    for words in (
        ("check-jsonschema", "--builtin-schema", "vendor.github-actions", str(ACTION)),
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(WORKFLOW), str(OWN)),
        ("zizmor", "--offline", "--quiet", str(ACTION), str(WORKFLOW), str(OWN)),
        ("pre-commit", "validate-manifest", str(REPOSITORY / ".pre-commit-hooks.yaml")),
    ):
        done = subprocess.run([tool(words[0]), *words[1:]], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
