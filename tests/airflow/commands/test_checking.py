"""Years of schedules as `headrace dags check` tells them, and the forms of its report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from headrace.errors import Diagnostic, Place
from headrace_airflow.commands.checking.findings import Checked, CheckedDag, Year
from headrace_airflow.commands.checking.formats import FORMATS
from projects import CHURN_PIPELINE, churn_project

GOLDEN = Path(__file__).parent / "golden"
SCHEDULES = """\
from datetime import datetime, timedelta, timezone
from airflow.sdk import DAG, BaseOperator, CronTriggerTimetable, MultipleCronTriggerTimetable

def dag(name, schedule, **options):
    with DAG(name, schedule=schedule, **options) as made:
        BaseOperator(task_id="t")
    globals()[name] = made

soon = datetime.now(timezone.utc) + timedelta(days=100)
dag("six_hourly", timedelta(hours=6), start_date=datetime(2024, 1, 1, tzinfo=timezone.utc))
dag("hourly", "0 * * * *", start_date=datetime(2024, 1, 1, tzinfo=timezone.utc))
dag("minutely", "* * * * *", start_date=datetime(2024, 1, 1, tzinfo=timezone.utc))
dag("later", "0 0 * * *", start_date=soon)
dag("ends", "0 0 * * *", start_date=datetime(2024, 1, 1, tzinfo=timezone.utc), end_date=soon)
dag("twice", MultipleCronTriggerTimetable("0 6 * * *", "0 18 * * *", timezone="UTC"))
dag("moves", MultipleCronTriggerTimetable("30 2 * * *", "0 18 * * *", timezone="Europe/Berlin"))
dag("merges", CronTriggerTimetable("0 1-3 * * *", timezone="Europe/Berlin"))
dag("both", MultipleCronTriggerTimetable("30 2 * * *", "30 3 * * *", timezone="Europe/Berlin"))
dag("last_day", CronTriggerTimetable("0 0 L * *", timezone="UTC"))
dag("once", "@once")
dag("continuous", "@continuous", max_active_runs=1)
"""
#: Timetables that know no zone, of pipelines that have one.
PIPELINES = {"every_day": "every: 24h, start: 2024-01-01", "twice_a_day": 'cron: ["0 6 * * *", "0 18 * * *"]'}


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    project = churn_project(tmp_path_factory.mktemp("years") / "project")
    project.write("dags/schedules.py", SCHEDULES)
    for name, when in PIPELINES.items():
        project.write(f"conf/pipeline/{name}.yaml", f"{CHURN_PIPELINE}schedule: {{{when}, timezone: Asia/Kolkata}}\n")
    done = project.headrace("dags", "check", "--format", "json")
    assert done.code == 0, done.err
    return {dag["dag"]: dag["year"] for dag in done.document["dags"]}


def test_an_executor_that_the_checking_machine_lacks_is_a_warning(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")
    project.write("conf/pipeline/podded.yaml", CHURN_PIPELINE + "runtime:\n  executor: KubernetesExecutor\n")
    project.write("conf/pipeline/here.yaml", CHURN_PIPELINE + "runtime: {executor: LocalExecutor}\n")

    checked = project.headrace("dags", "check", "--format", "json")

    assert checked.code == 0, checked.err
    (problem,) = [line for line in checked.err.splitlines() if "HR334" in line]
    assert problem.startswith("conf/pipeline/podded.yaml:16:13: warning HR334: the Airflow that checks has no executor")
    states = {dag["dag"]: dag["state"] for dag in checked.document["dags"]}
    assert states == {"churn": "ok", "here": "ok", "podded": "warned"}


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("six_hourly", 1458, 1461),
        ("hourly", 8759, 8761),
        ("later", 263, 266),
        ("ends", 99, 102),
        ("twice", 730, 731),
        ("last_day", 12, 12),
    ],
)
def test_runs_of_a_year_are_counted(years: dict[str, dict[str, Any]], name: str, least: int, most: int) -> None:
    assert least <= years[name]["runs"] <= most
    assert not years[name]["more"]


@pytest.mark.parametrize("name", PIPELINES)
def test_the_first_run_is_told_in_the_pipelines_zone(years: dict[str, dict[str, Any]], name: str) -> None:
    assert years[name]["first"].endswith(" IST")


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("moves", "clocks skip 02:30, its run is at 03:30 CEST"),
        ("merges", "clocks skip 02:00, its run is that of 03:00 CEST"),
        ("both", "clocks skip 02:30, its run is that of 03:30 CEST"),
    ],
)
def test_what_the_change_of_clocks_does_to_runs_is_noted(
    years: dict[str, dict[str, Any]], name: str, note: str
) -> None:
    found = [text.partition(": ")[2] for text in years[name]["notes"]]

    assert note in found
    assert any("comes twice, it runs at the second" in text for text in found)
    assert years["hourly"]["notes"] == []


def test_times_that_are_over_are_warned_of(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")
    over = "{start: 2024-12-24, end: 2024-12-27}, {start: 2024-12-24, end: 2999-01-01}"
    project.write(
        "conf/pipeline/churn.yaml",
        f"{CHURN_PIPELINE}schedule: {{every: 1d, start: 2999-02-01, blackout: [{over}]}}\n"
        "dag:\n  deadlines: [{after: '2024-01-01', within: 1d}, {after: '2999-01-01', within: 1d}, {within: 1h}]\n",
    )

    done = project.headrace("dags", "check", "--format", "json")

    assert done.code == 0, done.err
    warned = {(found["code"], found["line"]): found["message"] for found in done.document["problems"]}
    assert warned[("HR312", 15)] == "the blackout until 2024-12-27 is over"
    assert warned[("HR332", 17)] == "the deadline, 1d after 2024-01-01, has passed: every run is late"
    assert len(done.document["problems"]) == 3  # and no run within a year


def test_pipelines_are_seen_beside_each_other(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")
    for name, awaited in {"lost": "chrn", "alone": "alone", "fine": "churn"}.items():
        lines = f"registry: {{name: m_{name}}}\nschedule: {{depends_on: {{model: {awaited}}}}}\n"
        project.write(f"conf/pipeline/{name}.yaml", CHURN_PIPELINE + lines)

    done = project.headrace("dags", "check", "--format", "json")

    assert done.code == 1
    states = {dag["dag"]: dag["state"] for dag in done.document["dags"]}
    assert states == {"alone": "broken", "churn": "ok", "fine": "ok", "lost": "broken"}
    assert {(problem["code"], problem["file"], problem["line"]) for problem in done.document["problems"]} == {
        ("HR306", "conf/pipeline/lost.yaml", 16),
        ("HR307", "conf/pipeline/alone.yaml", 16),
    }


def test_a_timetable_that_is_not_there_is_told_where_it_is_named(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")
    timetable = "schedule:\n  timetable: {name: airflow.timetables.trigger.NoSuch}\n"
    project.write("conf/pipeline/churn.yaml", CHURN_PIPELINE + timetable)

    done = project.headrace("dags", "check")

    assert done.code == 1
    assert "conf/pipeline/churn.yaml:16:3: error HR309: `airflow.timetables.trigger.NoSuch` cannot be" in done.err


def test_counting_stops_somewhere(years: dict[str, dict[str, Any]]) -> None:
    assert (years["minutely"]["runs"], years["minutely"]["more"]) == (20_000, True)


@pytest.mark.parametrize("name", ["once", "continuous", "churn"])
def test_what_the_clock_does_not_repeat_has_no_year(years: dict[str, dict[str, Any]], name: str) -> None:
    assert years[name]["runs"] is None


@pytest.mark.parametrize(("form", "name"), [("text", "check.txt"), ("json", "check.json"), ("junit", "check.xml")])
def test_a_report_is_as_it_was_reviewed(form: str, name: str) -> None:
    wrong = Diagnostic("HR713", 'text of "x" <y>', Place("conf/pipeline/b.yaml", 3, 7), "mend it")
    idle = Diagnostic("HR716", "the schedule starts no run within a year", Place("dags/c.py"), severity="warning")
    year = Year(365, False, "2026-03-28 02:30 CET", ("2026-03-29: clocks skip 02:30, its run is at 03:30 CEST",))
    dags = (
        CheckedDag("a", "dags/d.py", 8, "30 2 * * * in Europe/Berlin", year, ()),
        CheckedDag("b", "dags/d.py", 9, "by hand", Year(), (("templates", wrong),)),
        CheckedDag("c", "dags/c.py", 1, "@yearly", Year(0), (("timetable", idle),)),
    )
    lost = Diagnostic("HR710", "no DAG file in dags loads the pipeline z", pipeline="z")
    found = FORMATS[form](Checked(dags, (("z", "loads", lost),), ("templates", "timetable")))
    golden = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(found)

    assert found == golden.read_text()
