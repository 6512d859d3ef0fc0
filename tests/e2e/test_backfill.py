"""`headrace backfill`: a year of flights, month by month, under a real scheduler, beside today's champion."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from airflow_server import ENDED, AirflowServer, airflow_server, aliases, champions, wait
from projects import Done, copy_of_repository

pytestmark = pytest.mark.slow

NAME = "flight_delays"
MONTHS = [f"2013-{month:02}" for month in range(1, 13)]
YEAR = ("--from", "2013-01", "--to", "2013-12")
#: A model that is fitted in seconds, a split that fits into January, and a gate that any month may pass.
MONTHLY = """\
schedule:
  cron: "@monthly"
  timezone: America/New_York
  partition: {by: month}
  start: 2013-01-01
  max_active_runs: 2
runtime: {fuse: true, retries: 0}
"""


@dataclass(frozen=True)
class Year:
    server: AirflowServer
    champion: str
    """The version that was champion before the backfill: it looks from today."""
    first: Done
    """What the backfill said."""


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    project = copy_of_repository(tmp_path_factory.mktemp("backfill") / "project", pipelines=[NAME])
    text = (project.root / f"conf/pipeline/{NAME}.yaml").read_text()
    text = text.replace("xgboost_classifier", "logistic_regression").replace("  - override /schedule: daily\n", "")
    text = text.replace("test: 30d, validation: 30d", "test: 7d, validation: 7d").replace("min: 0.65", "min: 0.5")
    project.write(f"conf/pipeline/{NAME}.yaml", text + MONTHLY)
    with airflow_server(project) as server:
        assert wait(180, lambda: [run for run in server.runs(NAME) if run["state"] in ENDED])  # last month's
        (champion,) = aliases(project)[NAME]
        yield Year(server, champion, project.headrace("backfill", NAME, *YEAR, "--wait", timeout=900))


def test_each_month_is_run_once_and_succeeds(year: Year) -> None:
    assert year.first.code == 0, year.first.out + year.first.err
    assert sorted(run["partition_key"] for run in backfilled(year)) == MONTHS
    assert {run["state"] for run in backfilled(year)} == {"success"}


def test_each_looks_from_the_end_of_its_month(year: Year) -> None:
    store = year.server.project.home / "store" / "runs"
    seen = sorted(json.loads(path.read_text())["as_of"] for path in store.glob("*.json"))

    assert seen[0].startswith("2013-02-01T05:00")  # midnight in New York
    assert seen[11].startswith("2014-01-01T05:00")
    assert len(seen) == 13


def test_repeated_there_is_nothing_to_do(year: Year) -> None:
    again = year.server.project.headrace("backfill", NAME, *YEAR, "--wait")

    assert again.code == 0, again.err
    assert "every interval" in again.out
    assert len(backfilled(year)) == 12


def test_todays_champion_stays(year: Year) -> None:
    assert aliases(year.server.project)[NAME] == [year.champion]
    assert champions(year.server.project)[NAME] > "2025"


def backfilled(year: Year) -> list[dict[str, Any]]:
    return [run for run in year.server.runs(NAME) if run["run_type"] == "backfill"]
