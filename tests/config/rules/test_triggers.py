"""Triggers that do not go together, each refused at the value that is at fault."""

from __future__ import annotations

import pytest

from config_folder import ProjectFolder
from headrace.errors import ConfigError

FILE = "conf/schedule/daily.yaml"


def said(project: ProjectFolder, schedule: str) -> list[tuple[str, int | None]]:
    """Code and line of what is said of the schedule."""
    project.write({FILE: schedule})
    try:
        problems = project.check().warnings
    except ConfigError as error:
        problems = error.diagnostics
    assert all(problem.place is not None and problem.place.file == FILE for problem in problems), problems
    return [(problem.code, problem.place.line if problem.place else None) for problem in problems]


@pytest.mark.parametrize(
    "schedule",
    [
        'cron: ["0 6 * * 1-5", "0 9 * * 6"]\ntimezone: Europe/Berlin\n',
        "every: PT12H\nstart: 2024-01-01\ncatchup: true\n",
        "continuous: true\n",
        "once: true\nstart: 2024-01-01\n",
        "assets: s3://orders\n",
        "assets: {all: [orders, {any: [prices, {name: rates, uri: s3://rates}, {alias: late}]}]}\n",
        "depends_on: {model: churn}\n",
        'cron: "0 6 * * *"\ndepends_on: [{model: churn}, {dataset: flights}]\n',
        'cron: "0 6 * * *"\ntimezone: Europe/Berlin\npartition: {by: day}\n',
        'cron: "0 * * * *"\npartition: {by: hour}\nmax_active_runs: 3\n',
        'cron: "0 6 * * 1"\npartition: {by: week}\n',
        'cron: "0 6 2 * *"\npartition: {by: month}\n',
        "partition: {by: key}\n",
        "assets: orders\npartition: {by: key}\n",
        "assets: orders\npartition: {by: week, upstream: day}\n",
        'cron: "@daily"\nblackout: [{start: 2024-12-24, end: 2024-12-27}, {cron: "0 22 * * 5", length: 60h}]\n',
        "timetable: {name: airflow.timetables.events.EventsTimetable, params: {event_dates: []}}\n",
        'enabled: false\ncron: "@daily"\ncatchup: true\n',
    ],
)
def test_triggers_that_go_together(project: ProjectFolder, schedule: str) -> None:
    assert said(project, schedule) == []


@pytest.mark.parametrize(
    ("schedule", "code", "line"),
    [
        ('cron: "@daily"\nevery: 12h\n', "HR305", 2),
        ("continuous: true\nonce: true\n", "HR305", 2),
        ("once: true\nassets: orders\n", "HR305", 2),
        ("continuous: true\ndepends_on: {model: churn}\n", "HR305", 2),
        ("continuous: true\nmax_active_runs: 2\n", "HR301", 2),
        ('cron: ["@daily", "61 0 * * *"]\n', "HR171", 1),
        ('cron: ["@daily", "0 0 30 2 *"]\n', "HR172", 1),
        ("every: 12h\nstart: 2024-02-01\nend: 2024-01-01\n", "HR172", 3),
        ("every: 12h\ncatchup: true\n", "HR173", 2),
        ("assets: orders\nstart: 2024-01-01\ncatchup: true\n", "HR173", 3),
        ("partition: {by: day}\n", "HR302", 1),
        ('cron: "@daily"\npartition: {by: key}\n', "HR302", 2),
        ("every: 24h\npartition: {by: day}\n", "HR302", 1),
        ('cron: ["@daily", "0 9 * * 6"]\npartition: {by: day}\n', "HR302", 1),
        ('cron: "0 6,18 * * *"\npartition: {by: day}\n', "HR302", 1),
        ('cron: "0 6 * * 1-5"\npartition: {by: day}\n', "HR302", 1),
        ('cron: "0 6 * * 3"\npartition: {by: week}\n', "HR302", 1),
        ('cron: "0 * * * *"\nmax_active_runs: 3\ntimezone: Europe/Berlin\npartition: {by: hour}\n', "HR302", 3),
        ('cron: "@daily"\nassets: orders\npartition: {by: day}\n', "HR302", 2),
        ('cron: "@daily"\npartition: {by: day, upstream: hour}\n', "HR302", 2),
        ("assets: orders\npartition: {by: day, upstream: day}\n", "HR302", 2),
        ("assets: orders\nblackout: [{start: 2024-12-24, end: 2024-12-27}]\n", "HR303", 2),
        ("blackout: [{start: 2024-12-24, end: 2024-12-27}]\n", "HR303", 1),
        ('cron: "@daily"\npartition: {by: day}\nblackout: [{start: 2024-12-24, end: 2024-12-27}]\n', "HR303", 3),
        ('cron: "@daily"\nblackout: [{start: 2024-12-27, end: 2024-12-24}]\n', "HR303", 2),
        ('cron: "@daily"\nblackout: [{cron: "@weekly", length: 8d}]\n', "HR303", 2),
        ('cron: "@daily"\nblackout: [{cron: "@daily", length: 1h}]\n', "HR303", 2),
        ('cron: "@daily"\nblackout: [{cron: "61 * * * *", length: 1h}]\n', "HR171", 2),
        ("timetable: {name: acme.Days}\n", "HR304", 1),
        ("timetable: {name: airflow.timetables._cron.CronMixin}\n", "HR304", 1),
        ("timetable: {name: airflow.models.dag.DAG}\n", "HR304", 1),
    ],
)
def test_triggers_that_do_not(project: ProjectFolder, schedule: str, code: str, line: int) -> None:
    assert said(project, schedule) == [(code, line)]


def test_a_package_is_opted_in_for_the_whole_project(project: ProjectFolder) -> None:
    project.write({FILE: "timetable: {name: acme.Days}\n"})
    project.edit("conf/config.yaml", "owner: nobody", "owner: nobody\nschedule_packages: [acme]")
    assert project.check().warnings == ()

    project.edit("conf/config.yaml", "schedule_packages: [acme]", "schedule_packages: [acme, subprocess]")
    assert "HR304" in str(project.problems())


def test_one_pipeline_opts_nothing_in(project: ProjectFolder) -> None:
    project.write({FILE: "timetable: {name: acme.Days}\n"})
    project.edit("conf/pipeline/late.yaml", "task: binary", "task: binary\nschedule_packages: [acme]")
    assert "HR263" in str(project.problems())


def test_an_interval_can_be_shorter_than_a_stage_may_take(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "owner: nobody", "runtime: {timeout: 3h}")
    assert said_codes(project, "every: 1h\n") == ["HR174"]


def said_codes(project: ProjectFolder, schedule: str) -> list[str]:
    project.write({FILE: schedule})
    return [problem.code for problem in project.check().warnings]
