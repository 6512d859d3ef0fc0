"""Where a deployment's stages find their project, when one Airflow serves several."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.errors import UsageError
from headrace_airflow.site import deployed_site


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEADRACE_PROJECT", raising=False)
    monkeypatch.delenv("HEADRACE_HOME", raising=False)


def project(folder: Path, *pipelines: str) -> str:
    """A project's folder; without pipelines one as an image may have it."""
    (folder / "conf").mkdir(parents=True)
    (folder / "conf/config.yaml").touch()
    for name in pipelines:
        (folder / "conf/pipeline").mkdir(exist_ok=True)
        (folder / f"conf/pipeline/{name}.yaml").touch()
    return str(folder)


def test_what_the_environment_says_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built, moved = project(tmp_path / "built", "churn"), project(tmp_path / "moved", "churn")
    assert deployed_site(built, "", "").project_of("churn").root == Path(built)

    monkeypatch.setenv("HEADRACE_PROJECT", moved)
    monkeypatch.setenv("HEADRACE_HOME", str(tmp_path / "state"))

    found = deployed_site(built, "", "").project_of("churn")
    assert (found.root, found.home) == (Path(moved), tmp_path / "state")


@pytest.mark.parametrize("home", ["", "/state"])
@pytest.mark.parametrize(
    ("said", "told"), [("/opt/flights", "built for /opt/flights"), ("", "built for no folder in particular")]
)
def test_a_pipeline_is_not_run_in_the_project_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, told: str, home: str
) -> None:
    other = project(tmp_path / "other", "churn")
    monkeypatch.setenv("HEADRACE_PROJECT", other)

    site = deployed_site(said, home, "")

    with pytest.raises(UsageError, match=f"HEADRACE_PROJECT names {other}, .* no pipeline flights; .*{told}") as error:
        site.project_of("flights")
    assert "--project-at" in error.value.remedy


def test_a_folder_that_tells_of_no_pipelines_is_taken_on_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADRACE_PROJECT", project(tmp_path / "image"))

    assert deployed_site("/opt/flights", "", "").project_of("flights").root == tmp_path / "image"


def test_a_pipeline_that_was_removed_since_is_still_run_where_its_dag_was_built_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project(tmp_path / "own", "churn")

    assert deployed_site(root, "", "").project_of("removed").root == Path(root)
    monkeypatch.setenv("HEADRACE_PROJECT", root)
    assert deployed_site(root, "", "").project_of("removed").root == Path(root)
