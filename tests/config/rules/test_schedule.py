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


def test_a_short_timeout_lets_a_pipeline_run_often(project: ProjectFolder) -> None:
    project.write({"conf/schedule/daily.yaml": 'cron: "@hourly"\n'})
    assert codes(project) == ["HR174"]
    project.edit("conf/config.yaml", "owner: nobody", "runtime: {timeout: 10m, retries: 2}")
    assert codes(project) == []
