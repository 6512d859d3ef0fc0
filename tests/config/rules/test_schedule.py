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


@pytest.mark.parametrize(
    ("cron", "zone", "said"),
    [
        ('"30 2 * * *"', "Europe/Berlin", "02:30 once a year: that run comes an hour later"),
        ('"15 2 * * *"', "Australia/Lord_Howe", "02:15 once a year: that run comes 30 min later"),
        ('"0 1-3 * * *"', "Europe/Berlin", "02:00 once a year: that run is one with that of 03:00"),
        ('["30 2 * * *", "30 3 * * *"]', "Europe/Berlin", "02:30 once a year: that run is one with that of 03:30"),
    ],
)
def test_a_run_that_the_clocks_move_says_what_becomes_of_it(
    project: ProjectFolder, cron: str, zone: str, said: str
) -> None:
    project.write({"conf/schedule/daily.yaml": f"cron: {cron}\ntimezone: {zone}\n"})

    (warning,) = project.check().warnings

    assert warning.code == "HR176"
    assert warning.message == f"in {zone} the clock skips {said}"
