"""Which MLflow enters keys: the same one always, and another wherever nothing can be of what was made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from headrace.tracking.place import place_of
from headrace.tracking.settings import Settings, tracking_settings
from projects import Sandbox, churn_project


def settings(home: Path, **environ: str) -> Settings:
    home.mkdir(exist_ok=True)
    return tracking_settings({}, home, environ)


def test_a_database_is_the_same_before_and_after_it_is_made(tmp_path: Path) -> None:
    before = place_of(settings(tmp_path))
    (tmp_path / "mlflow.db").touch()

    assert place_of(settings(tmp_path)) == before == ["mlflow.db"]
    assert place_of(settings(tmp_path)) == before


def test_one_that_was_deleted_is_another(tmp_path: Path) -> None:
    for times in ("mlflow.db", "mlflow.db #2", "mlflow.db #3"):
        assert place_of(settings(tmp_path)) == [times]
        (tmp_path / "mlflow.db").touch()
        assert place_of(settings(tmp_path)) == [times]
        (tmp_path / "mlflow.db").unlink()


def test_a_project_that_moves_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "mlflow.db").touch()
    before = place_of(settings(tmp_path / "a"))
    (tmp_path / "a").rename(tmp_path / "b")

    assert place_of(settings(tmp_path / "b")) == before


def test_a_server_is_told_from_another_and_its_address_is_not_kept(tmp_path: Path) -> None:
    one = settings(tmp_path, MLFLOW_TRACKING_URI="https://user:secret@mlflow.example.com/")
    other = settings(tmp_path, MLFLOW_TRACKING_URI="https://mlflow.example.org")
    again = settings(tmp_path, MLFLOW_TRACKING_URI="https://mlflow.example.com")

    assert place_of(one) == place_of(again) != place_of(other)
    assert "example" not in str(place_of(one))


def test_a_registry_of_its_own_counts_too(tmp_path: Path) -> None:
    usual = settings(tmp_path, MLFLOW_TRACKING_URI="https://mlflow.example.com")

    assert len(place_of(replace(usual, registry_uri="https://registry.example.com"))) == 2


@pytest.mark.parametrize("memory", ["", "[]", '{"mlflow.db": 1}', '{"mlflow.db": ["x", true]}'])
def test_a_damaged_memory_is_none(tmp_path: Path, memory: str) -> None:
    (tmp_path / "databases.json").write_text(memory)

    assert place_of(settings(tmp_path)) == ["mlflow.db"]


def test_a_run_for_another_mlflow_registers_there_what_is_made_already(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")
    assert project.headrace("run", "churn").code == 0

    elsewhere = {"MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path / 'other.db'}"}
    assert _ran(project, **elsewhere) == ["gate", "register", "promote", "track"]
    assert _ran(project, **elsewhere) == []
    assert _ran(project) == []

    (project.home / "mlflow.db").unlink()
    told = project.headrace("status", "churn").out
    assert "→ mlflow.db #2" in " ".join(told.split())
    assert _ran(project) == ["gate", "register", "promote", "track"]


def _ran(project: Sandbox, **environ: str) -> list[str]:
    done = project.headrace("run", "churn", **environ)
    assert done.code == 0, done.err
    lines = [line.split() for line in done.out.splitlines()]
    return [words[0] for words in lines if words[1:2] == ["ran"]]
