"""Compiled plans: when they are read, when they are made again, and what reading one imports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from headrace.plan.cache import compiled, composed_of
from headrace.plan.loading import load
from headrace.project import Project
from projects import Sandbox, churn_project

HEAVY = {"hydra", "omegaconf", "pandas", "polars", "sklearn", "xgboost", "mlflow", "airflow", "duckdb", "pandera"}


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return churn_project(tmp_path / "project")


@pytest.fixture
def project(sandbox: Sandbox) -> Project:
    return Project(sandbox.root, sandbox.home)


def test_what_was_compiled_is_read_back(project: Project) -> None:
    assert compiled(project, "churn") is None

    made = load(project, "churn")

    assert compiled(project, "churn") == made
    assert made.plan is not None


@pytest.mark.parametrize("name", ["conf/pipeline/churn.yaml", "conf/dataset/churn.yaml", "conf/config.yaml"])
def test_an_edit_of_any_file_that_it_was_made_of_makes_it_stale(sandbox: Sandbox, project: Project, name: str) -> None:
    load(project, "churn")
    path = sandbox.root / name
    path.write_text(path.read_text() + "\n# a comment\n")

    assert compiled(project, "churn") is None


def test_the_files_that_it_was_made_of_are_remembered(sandbox: Sandbox, project: Project) -> None:
    assert composed_of(project, "churn") is None
    load(project, "churn")

    made_of = composed_of(project, "churn") or ()

    assert str(sandbox.root / "conf/dataset/churn.yaml") in made_of
    assert str(sandbox.root / "conf/model/ridge.yaml") not in made_of


def test_a_comment_makes_the_same_plan(sandbox: Sandbox, project: Project) -> None:
    before = load(project, "churn").require()
    sandbox.edit("conf/pipeline/churn.yaml", "task: binary", "# a comment\ntask: binary")

    after = load(project, "churn").require()

    assert after.digest == before.digest
    assert after.places["task"].line == (before.places["task"].line or 0) + 1


def test_overrides_have_a_plan_of_their_own(project: Project) -> None:
    plain = load(project, "churn").require()
    changed = load(project, "churn", ["model.params.C=9"]).require()

    assert changed.digest != plain.digest
    assert compiled(project, "churn", ["model.params.C=9"]) is not None
    assert compiled(project, "churn", ["model.params.C=8"]) is None


def test_a_broken_pipeline_is_remembered_until_anything_under_conf_changes(sandbox: Sandbox, project: Project) -> None:
    sandbox.edit("conf/pipeline/churn.yaml", "/dataset: churn", "/dataset: chrun")
    broken = load(project, "churn")
    assert broken.plan is None
    assert broken.diagnostics[0].place is not None
    assert compiled(project, "churn") == broken

    sandbox.write("conf/dataset/chrun.yaml", (sandbox.root / "conf/dataset/churn.yaml").read_text())

    assert load(project, "churn").plan is not None


def test_a_damaged_cache_counts_as_none(project: Project) -> None:
    load(project, "churn")
    path = project.home / "compiled" / "churn.json"
    path.write_text(path.read_text()[:100])

    assert compiled(project, "churn") is None


def test_reading_100_plans_imports_nothing_heavy(sandbox: Sandbox, project: Project) -> None:
    text = (sandbox.root / "conf/pipeline/churn.yaml").read_text()
    load(project, "churn")
    cached = json.loads((project.home / "compiled" / "churn.json").read_text())
    for number in range(100):
        sandbox.write(f"conf/pipeline/p{number}.yaml", text)
        (project.home / "compiled" / f"p{number}.json").write_text(json.dumps(cached))
    code = (
        "import sys; from headrace.project import find_project; from headrace.plan.cache import compiled\n"
        "project = find_project()\n"
        "assert all(compiled(project, f'p{n}') for n in range(100))\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=sandbox.root, capture_output=True, text=True, check=True)

    assert not HEAVY.intersection(done.stdout.split())
