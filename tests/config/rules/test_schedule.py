from __future__ import annotations

import pytest

from config_folder import ProjectFolder

PIPELINE = "conf/pipeline/late.yaml"


def codes(project: ProjectFolder) -> list[str]:
    return [found.code for found in project.check().warnings]


@pytest.mark.parametrize(
    "schedule",
    [
        "cron: null",
        'cron: "0 6 * * 1-5"\ntimezone: Europe/Berlin',
        'cron: "30 2 * * *"',
        'cron: "@hourly"\nmax_active_runs: 9',
    ],
)
def test_schedules_that_work(project: ProjectFolder, schedule: str) -> None:
    project.write({"conf/schedule/daily.yaml": schedule + "\n"})
    assert codes(project) == []


@pytest.mark.parametrize(
    ("runtime", "said"),
    [
        ("{}", []),
        ("{timeout: 2h, retries: 2}", []),
        ("{timeout: 90m}", ["HR174"]),
        ("{timeout: 10m, retries: 9}", ["HR175"]),
        ("{timeout: 10m, retries: 2}", []),
    ],
)
def test_limits_that_somebody_set_are_held_against_an_hourly_schedule(
    project: ProjectFolder, runtime: str, said: list[str]
) -> None:
    project.write({"conf/schedule/daily.yaml": 'cron: "@hourly"\n'})
    project.edit("conf/config.yaml", "owner: nobody", f"runtime: {runtime}")
    assert codes(project) == said
