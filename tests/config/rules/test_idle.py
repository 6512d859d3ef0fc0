"""What a schedule says without an effect, or twice."""

from __future__ import annotations

import pytest

from config_folder import ProjectFolder

FILE = "conf/schedule/daily.yaml"


@pytest.fixture
def said(project: ProjectFolder, schedule: str) -> list[tuple[str, str]]:
    project.write({FILE: schedule + "\n"})
    return [(found.code, str(found.place).removeprefix(f"{FILE}:")) for found in project.check().warnings]


@pytest.mark.parametrize(
    "schedule",
    [
        "{}",
        'cron: ["0 6 * * *", "0 7 * * *"]\nstart: 2024-01-01\nbackfill: {reprocess: failed}',
        "once: true\nstart: 2024-01-01",
        "assets: orders\nstart: 2024-01-01",
        'assets: {all: [orders, "s3://w/x", {name: a, uri: "s3://w/a"}, {any: [{name: a, uri: "s3://w/a"}]}]}',
        'assets: "orders: of the week"',
        "cron: '@daily'\nmax_active_tasks: 4",
    ],
)
def test_what_has_an_effect(said: list[tuple[str, str]]) -> None:
    assert said == []


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ('cron: ["0 6 * * *", "@daily", "0  0 * * *"]', [("HR312", "1:31")]),
        ("start: 2024-01-01\nend: 2030-01-01", [("HR312", "1:1"), ("HR312", "2:1")]),
        ("backfill: {reprocess: failed}", [("HR312", "1:1")]),
        ("assets: orders\nbackfill: {reprocess: failed}", [("HR312", "2:1")]),
        ('assets: "s3:/w/x"', [("HR313", "1:9")]),
        ('assets: {all: [orders, {any: ["file:/w/x", b]}]}', [("HR313", "1:31")]),
    ],
)
def test_what_has_none(said: list[tuple[str, str]], expected: list[tuple[str, str]]) -> None:
    assert said == expected


def test_a_limit_that_another_one_replaces(project: ProjectFolder) -> None:
    project.write({FILE: "cron: '@daily'\nmax_active_tasks: 4\n"})
    project.edit("conf/config.yaml", "owner: nobody", "owner: nobody\ndag: {max_active_tasks: 2}")

    (found,) = project.check().warnings

    assert (found.code, str(found.place)) == ("HR312", f"{FILE}:2:1")
    assert found.message == "`schedule.max_active_tasks` is 4, and `dag.max_active_tasks`, 2, counts"
