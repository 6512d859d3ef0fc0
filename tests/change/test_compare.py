from __future__ import annotations

import subprocess
import sys

import pytest

from headrace.change.compare import what_changes
from headrace.errors import UsageError
from repositories import Repository


def test_nothing_changes(repo: Repository) -> None:
    change = repo.change()

    assert not change.has_effect
    assert (change.unchanged, change.pipelines, change.risks) == (1, (), ())


def test_untracked_and_staged_files_count(repo: Repository) -> None:
    text = (repo.conf / "pipeline" / "late.yaml").read_text()
    repo.write({"conf/pipeline/untracked.yaml": text, "conf/pipeline/staged.yaml": text + "seed: 3\n"})
    repo.git("add", "conf/pipeline/staged.yaml")

    change = repo.change()

    assert [(pipeline.name, pipeline.state) for pipeline in change.pipelines] == [
        ("staged", "added"),
        ("untracked", "added"),
    ]
    assert change.pipelines[0].schedule is not None
    assert change.pipelines[0].schedule.fate == "added"
    assert change.values == ()


def test_a_side_that_breaks_is_told_with_the_place(repo: Repository) -> None:
    repo.edit("conf/pipeline/late.yaml", "metric: roc_auc, min: 0.65", "metric: roc_ouch, min: 0.65")

    change = repo.change()

    (late,) = change.pipelines
    assert (late.state, change.is_broken) == ("breaks", True)
    assert str(late.diagnostics[0].place).startswith("conf/pipeline/late.yaml:17")
    assert change.risks[0].severity == "high"
    assert change.irreversible == ()


def test_a_side_that_was_broken_is_mended(repo: Repository) -> None:
    repo.edit("conf/pipeline/late.yaml", "min: 0.65", "min: text")
    repo.commit()
    assert repo.only().state == "broken"
    repo.edit("conf/pipeline/late.yaml", "min: text", "min: 0.65")

    change = repo.change()

    assert [pipeline.state for pipeline in change.pipelines] == ["mended"]
    assert not change.is_broken


def test_a_deleted_pipeline_leaves_its_model_registered(repo: Repository) -> None:
    repo.git("rm", "--quiet", "conf/pipeline/late.yaml")

    change = repo.change()

    (late,) = change.pipelines
    assert late.state == "removed"
    assert late.schedule is not None
    assert late.schedule.next_before
    assert "registered model late stays" in change.irreversible[0].message
    assert change.risks[0].message == "the pipeline and its DAG are deleted"


def test_one_broken_pipeline_does_not_hide_another(repo: Repository) -> None:
    text = (repo.conf / "pipeline" / "late.yaml").read_text()
    repo.write({"conf/pipeline/other.yaml": text})
    repo.commit()
    repo.write({"conf/pipeline/other.yaml": "\tno: yaml: at all"})
    repo.edit("conf/pipeline/late.yaml", "0.65", "0.6")

    assert {pipeline.name: pipeline.state for pipeline in repo.change().pipelines} == {
        "late": "changed",
        "other": "breaks",
    }
    assert not repo.change("late").is_broken


def test_a_name_that_neither_side_has(repo: Repository) -> None:
    with pytest.raises(UsageError, match="there is no pipeline alte") as caught:
        what_changes(repo.project, ["alte"], "HEAD")

    assert "did you mean late?" in caught.value.remedy


def test_it_does_not_compile_the_past_twice(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.edit("conf/pipeline/late.yaml", "0.65", "0.6")
    first = repo.change()

    def refuse(*_: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr("headrace.plan.compile.compile_pipeline", refuse)

    assert repo.change() == first


def test_a_second_look_imports_nothing_heavy(repo: Repository) -> None:
    repo.edit("conf/pipeline/late.yaml", "0.65", "0.6")
    repo.change()
    look = (
        "import sys; from headrace.cli import main; main(['plan']); "
        "print([name for name in sys.argv[1:] if name in sys.modules])"
    )
    heavy = ("hydra", "omegaconf", "pydantic", "pandas", "polars", "sklearn", "xgboost", "mlflow", "sqlglot", "duckdb")

    done = subprocess.run(
        [sys.executable, "-c", look, *heavy], cwd=repo.root, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"
    assert "gate loosened" in done.stdout
