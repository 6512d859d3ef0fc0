"""The flights of the README, as `make demo` runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects import Sandbox, copy_of_repository, statuses


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return copy_of_repository(tmp_path_factory.mktemp("demo") / "project", pipelines=["flight_delays"])


@pytest.fixture(scope="module")
def first(project: Sandbox) -> dict[str, object]:
    return project.run("flight_delays")


def test_late_flights_have_a_champion_and_a_page(first: dict[str, object]) -> None:
    assert first["model"] == {"name": "flight_delays", "version": "1", "alias": "champion"}
    assert set(statuses(first).values()) == {"ran"}
    assert first["metrics"]["test"]["roc_auc"] > 0.69  # type: ignore[index]
    page = Path(str(first["page"])).read_text()
    assert "is the first champion" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_a_killed_run_goes_on(project: Sandbox, first: dict[str, object]) -> None:
    import subprocess
    import sys
    import time

    words = [sys.executable, "-m", "headrace", "run", "flight_delays", "split.test=40d"]
    killed = subprocess.Popen(words, cwd=project.root, env=project.environment(), stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    for line in killed.stdout:
        if line.startswith("  split"):
            break
    time.sleep(0.3)  # into the fit
    killed.kill()
    killed.wait()

    found = statuses(project.run("flight_delays", "split.test=40d"))

    assert found["split"] == "reused"
    assert found["train"] == "ran"


def test_new_sql_runs_transform_and_later(project: Sandbox, first: dict[str, object]) -> None:
    project.edit("conf/dataset/flights.sql", "arr_delay > 15", "arr_delay > 20")

    found = statuses(project.run("flight_delays"))

    assert (found["ingest"], found["validate"], found["transform"], found["train"]) == (
        "reused",
        "reused",
        "ran",
        "ran",
    )
