"""What linting remembers of a project that did not change, and what makes it forget."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from headrace.lint import environments, lint
from headrace.lint.memory import recall, take_listing
from headrace.models.index import load_index
from headrace.plan.loading import Request
from headrace.project import Project
from projects import Sandbox, churn_project


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The estimator index, which takes seconds to build."""
    folder = tmp_path_factory.mktemp("index")
    load_index(folder)
    return folder


@pytest.fixture
def sandbox(tmp_path: Path, index: Path) -> Sandbox:
    made = churn_project(tmp_path / "project")
    shutil.copytree(index, made.home / "compiled")
    return made


@pytest.fixture
def project(sandbox: Sandbox) -> Project:
    made = Project(sandbox.root, sandbox.home)
    lint(made, made.pipelines())
    return made


def _recalled(project: Project, *overrides: str) -> object:
    found = [overrides] if overrides else [variant.overrides for variant in environments.variants(project)]
    requests = [Request(name, each) for each in found for name in project.pipelines()]
    return recall(project, requests, take_listing(project.conf))


def test_an_unchanged_project_is_told_again(project: Project) -> None:
    assert _recalled(project) == lint(project, project.pipelines())
    assert _recalled(project, "seed=1") is None


def test_an_edit_of_equal_size_and_time_is_noticed(sandbox: Sandbox, project: Project) -> None:
    path = sandbox.root / "conf/pipeline/churn.yaml"
    stat = path.stat()
    path.write_text(path.read_text().replace("numeric: [age, calls]", "numeric: [agE, calls]"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    assert _recalled(project) is None


def test_any_file_that_comes_or_goes_is_noticed(sandbox: Sandbox, project: Project) -> None:
    added = sandbox.write("conf/model/another.yaml", "type: x\n")
    assert _recalled(project) is None
    added.unlink()
    assert _recalled(project) == lint(project, project.pipelines())


def test_a_variable_is_noticed(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHURN_SEED_OWNER", "one")
    sandbox.edit("conf/pipeline/churn.yaml", "task: binary", "owner: ${env:CHURN_SEED_OWNER}\ntask: binary")
    project = Project(sandbox.root, sandbox.home)
    lint(project, project.pipelines())
    assert _recalled(project) == lint(project, project.pipelines())

    monkeypatch.setenv("CHURN_SEED_OWNER", "two")
    assert _recalled(project) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", "\0"])
def test_damage_counts_as_nothing(project: Project, text: str) -> None:
    (project.home / "compiled" / "lint" / "project.json").write_text(text)

    assert _recalled(project) is None


def test_once_times_have_settled_nothing_is_asked_file_by_file(sandbox: Sandbox, project: Project) -> None:
    old = time.time_ns() - 10_000_000_000
    for path in (sandbox.root / "conf").rglob("*.yaml"):
        os.utime(path, ns=(old, old))
    lint(project, project.pipelines())

    document = (project.home / "compiled" / "lint" / "project.json").read_text()
    assert '"files":{}' in document
