"""Compiling what is stale, outside this process and within bounds."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from airflow_runs import project_of
from headrace.plan.cache import compiled, forget_gone
from headrace.project import Project
from headrace_airflow.freshness import specs_now, up_to_date
from projects import CHURN_PIPELINE, Sandbox, churn_project


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return churn_project(tmp_path / "project")


def test_what_was_never_compiled_is_compiled_outside_this_process(sandbox: Sandbox) -> None:
    hydra = "hydra" in sys.modules

    (result,) = up_to_date(project_of(sandbox), ["churn"])

    assert result.plan is not None
    assert ("hydra" in sys.modules) is hydra


def test_an_edit_is_seen(sandbox: Sandbox) -> None:
    project = project_of(sandbox)
    (before,) = up_to_date(project, ["churn"])
    sandbox.edit("conf/pipeline/churn.yaml", "min: 0.6", "min: 0.7")

    (after,) = up_to_date(project, ["churn"])

    assert before.plan
    assert after.plan
    assert after.plan.digest != before.plan.digest


def test_a_broken_pipeline_keeps_no_other_from_being_compiled(sandbox: Sandbox) -> None:
    sandbox.write("conf/pipeline/broken.yaml", CHURN_PIPELINE + "modle: ridge\n")

    broken, churn = up_to_date(project_of(sandbox), ["broken", "churn"])

    assert churn.plan is not None
    assert "modle" in broken.diagnostics[0].message


def test_a_compilation_is_not_waited_for_longer_than_said_and_goes_on(sandbox: Sandbox) -> None:
    project = project_of(sandbox)

    (early,) = specs_now(project, ["churn"], limit=0.05)
    (later,) = specs_now(project, ["churn"], limit=60)

    assert early.document is None
    assert "is being compiled since" in early.diagnostics[0].message
    assert "headrace compile" in early.diagnostics[0].remedy
    assert later.document is not None
    assert started(project) == 1


def test_many_parses_at_once_compile_once(sandbox: Sandbox) -> None:
    project = project_of(sandbox)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: specs_now(project, ["churn"], limit=60), range(4)))

    assert all(kept.document is not None and not kept.stale for (kept,) in found)
    assert started(project) == 1


def test_until_it_is_compiled_the_old_specification_serves_and_says_so(sandbox: Sandbox) -> None:
    project = project_of(sandbox)
    (before,) = specs_now(project, ["churn"], limit=60)
    sandbox.edit("conf/pipeline/churn.yaml", "min: 0.6", "min: 0.7")

    (meanwhile,) = specs_now(project, ["churn"], limit=0.01)
    (after,) = specs_now(project, ["churn"], limit=60)

    assert meanwhile.document == before.document
    assert "is being compiled since" in meanwhile.stale
    assert not after.stale
    assert after.document != before.document


def test_a_compiler_that_breaks_down_is_said_so_and_left_alone_until_something_changes(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_of(sandbox)
    (before,) = specs_now(project, ["churn"], limit=60)
    sandbox.write("broken/hydra/__init__.py", "raise RuntimeError('no hydra here')")
    sandbox.edit("conf/pipeline/churn.yaml", "min: 0.6", "min: 0.7")
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(sandbox.root / "broken"), os.environ.get("PYTHONPATH", "")]))
        (failed,) = specs_now(project, ["churn"], limit=60)

    (again,) = specs_now(project, ["churn"], limit=60)
    assert "no hydra here" in failed.stale
    assert failed.document == again.document == before.document
    assert failed.stale == again.stale

    sandbox.edit("conf/pipeline/churn.yaml", "min: 0.7", "min: 0.71")
    (mended,) = specs_now(project, ["churn"], limit=60)
    assert mended.document != before.document
    assert not mended.stale


def test_a_compiler_that_is_killed_is_said_so(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.write("broken/hydra/__init__.py", "import os\nos.kill(os.getpid(), 9)")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(sandbox.root / "broken"), os.environ.get("PYTHONPATH", "")]))

    (result,) = specs_now(project_of(sandbox), ["churn"], limit=60)

    assert "without a word" in result.diagnostics[0].message


def test_what_is_broken_carries_its_place_and_heals(sandbox: Sandbox) -> None:
    project = project_of(sandbox)
    sandbox.edit("conf/pipeline/churn.yaml", "gates:", "gatez:")
    (broken,) = specs_now(project, ["churn"], limit=60)
    sandbox.edit("conf/pipeline/churn.yaml", "gatez:", "gates:")
    (healed,) = specs_now(project, ["churn"], limit=60)

    assert broken.document is None
    assert broken.diagnostics[0].place
    assert broken.diagnostics[0].place.line
    assert healed.document is not None


def test_nothing_is_left_of_a_pipeline_that_is_gone(sandbox: Sandbox) -> None:
    project = project_of(sandbox)
    sandbox.write("conf/pipeline/leaving.yaml", CHURN_PIPELINE)
    specs_now(project, ["churn", "leaving"], limit=60)
    (sandbox.root / "conf/pipeline/leaving.yaml").unlink()

    forget_gone(project, project.pipelines())

    left = [path.name for path in (project.home / "compiled").rglob("*") if "leaving" in path.name]
    assert left == []
    assert compiled(project, "churn") is not None


def started(project: Project) -> int:
    """How many compilations there have been: each writes one line."""
    return (project.home / "compiled" / "dags" / "compiling.log").read_text().count("compiling ")
