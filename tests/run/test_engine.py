"""The engine: what is reused, what is made, what survives kills, damage and company."""

from __future__ import annotations

import multiprocessing
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

import toy_stages
from headrace.plan.model import Plan
from headrace.project import Project
from headrace.run import Execution, RunReport
from headrace.run.engine import Event
from headrace.run.record import open_run
from headrace.store import LocalStore
from toy_stages import calls, toy_plan

DAY_3 = datetime(2024, 1, 3, tzinfo=UTC)
ONCE = {"read": 1, "double": 1, "decide": 1, "crown": 1, "tell": 1}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "source.txt").write_text("2024-01-01T00:00:00+00:00\n2024-01-02T00:00:00+00:00")
    return Project(tmp_path, tmp_path / "home")


def execute(project: Project, plan: Plan | None = None, **options: object) -> RunReport:
    return Execution(plan or toy_plan(), project, kind_of=toy_stages.kind_of, **options).run()  # type: ignore[arg-type]


def statuses(report: RunReport) -> dict[str, str]:
    return {outcome.name: outcome.status for outcome in report.outcomes}


def everything_in(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_a_first_run_runs_everything(project: Project) -> None:
    report = execute(project)

    assert set(statuses(report).values()) == {"ran"}
    assert report.status == "done"
    assert report.exit_code == 0


def test_nothing_changed_nothing_runs_and_nothing_is_written(project: Project) -> None:
    execute(project)
    before = everything_in(project.home)

    report = execute(project)

    assert set(statuses(report).values()) == {"reused"}
    assert report.run_id is None
    assert everything_in(project.home) == before
    assert calls(project.root) == ONCE


def test_a_changed_stage_and_what_depends_on_it_run_again(project: Project) -> None:
    execute(project)

    report = execute(project, toy_plan(times=3))

    assert statuses(report) == {"read": "reused", "double": "ran", "decide": "ran", "crown": "ran", "tell": "ran"}


def test_going_back_to_what_was_made_before_finds_it(project: Project) -> None:
    execute(project)
    execute(project, toy_plan(times=3))

    report = execute(project)

    assert statuses(report)["double"] == "reused"


def test_new_rows_run_what_depends_on_them(project: Project) -> None:
    execute(project)
    with (project.root / "source.txt").open("a") as file:
        file.write("\n2024-01-05T00:00:00+00:00")

    assert set(statuses(execute(project)).values()) == {"ran"}


@pytest.mark.parametrize("damage", ["delete", "flip"])
def test_a_lost_or_damaged_result_is_made_again(project: Project, damage: str) -> None:
    first = execute(project)
    output = first.outcomes[0].action.outputs["lines"]  # type: ignore[union-attr]
    path = project.home / "store" / "blobs" / output.digest[:2] / output.digest[2:]
    content = path.read_bytes()
    path.unlink()
    if damage == "flip":
        path.write_bytes(bytes([content[0] ^ 1]) + content[1:])

    report = execute(project, toy_plan(times=3))

    assert statuses(report)["read"] == "ran"
    assert statuses(report)["double"] == "ran"
    assert path.read_bytes() == content


def test_a_refusal_skips_what_follows_but_not_the_report(project: Project) -> None:
    report = execute(project, toy_plan(refuse=True))

    assert statuses(report) == {"read": "ran", "double": "ran", "decide": "ran", "crown": "skipped", "tell": "ran"}
    assert report.status == "refused"
    assert report.exit_code == 3
    assert report.facts("tell")["inputs"] == ["decide/decision", "double/doubled", "double/half", "read/lines"]
    assert not (project.root / "champion").exists()


def test_a_refusal_is_remembered(project: Project) -> None:
    execute(project, toy_plan(refuse=True))

    report = execute(project, toy_plan(refuse=True))

    assert report.exit_code == 3
    assert not report.did_work


def test_what_was_decided_about_another_champion_is_decided_again(project: Project) -> None:
    (project.root / "rival").write_text("rival")

    report = execute(project)

    assert report.status == "done"
    assert report.facts("decide")["saw"] == "rival"
    assert calls(project.root) == {"read": 1, "double": 1, "decide": 2, "crown": 2, "tell": 1}


def test_a_scheduled_promotion_decides_again_itself(project: Project) -> None:
    execution = Execution(toy_plan(), project, kind_of=toy_stages.kind_of)
    assert execution.run_stages(("read", "double", "decide"), "scheduled-1").status == "done"
    (project.root / "rival").write_text("rival")

    report = execution.run_stages(("crown",), "scheduled-1")

    assert report.status == "done"
    assert report.facts("decide")["saw"] == "rival"
    assert calls(project.root)["double"] == 1


def test_a_failure_stops_the_run_keeps_evidence_and_is_tried_again(project: Project) -> None:
    report = execute(project, toy_plan(fails="twice"))

    assert statuses(report) == {
        "read": "ran",
        "double": "failed",
        "decide": "skipped",
        "crown": "skipped",
        "tell": "skipped",
    }
    assert report.exit_code == 1
    assert report.error is not None
    assert report.error.key == "toy.fails"
    assert (project.home / "failed" / str(report.run_id) / "double" / "half").exists()

    execute(project, toy_plan(fails="twice"))
    assert calls(project.root) == {"read": 1, "double": 2}


def test_secrets_reach_the_stage_and_no_log_or_message(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_TOKEN", "s3cr3t-value")

    report = execute(project, toy_plan(fails="${secret:TOY_TOKEN}"))

    assert report.error is not None
    assert report.error.message == "no good: ***"
    for path in project.home.rglob("*"):
        assert path.is_dir() or b"s3cr3t-value" not in path.read_bytes(), path


class TestClock:
    def test_a_clock_after_all_rows_reuses_what_was_made_without_one(self, project: Project) -> None:
        execute(project)

        assert not execute(project, as_of=DAY_3).did_work

    def test_and_the_other_way_round(self, project: Project) -> None:
        execute(project, as_of=DAY_3)

        assert not execute(project).did_work

    def test_a_clock_amid_the_rows_sees_fewer(self, project: Project) -> None:
        execute(project)

        report = execute(project, as_of=datetime(2024, 1, 2, tzinfo=UTC))

        assert report.facts("read") == {"rows": 1}
        assert set(statuses(report).values()) == {"ran"}

    def test_a_clock_at_the_newest_row_leaves_it_out(self, project: Project) -> None:
        execute(project)

        report = execute(project, as_of=datetime(2024, 1, 2, tzinfo=UTC))

        assert report.facts("read") == {"rows": 1}


class TestKill:
    def test_a_killed_run_goes_on_where_it_was_cut(self, project: Project) -> None:
        (project.root / "hang").touch()
        child = multiprocessing.get_context("spawn").Process(target=execute, args=(project,))
        child.start()
        wait_for(project.root / "hanging")
        child.kill()
        child.join()
        (project.root / "hang").unlink()
        cut = next((project.home / "store" / "runs").glob("*.json")).stem

        report = execute(project)

        assert statuses(report)["read"] == "reused"
        assert statuses(report)["double"] == "ran"
        assert report.run_id == cut
        assert calls(project.root) == {**ONCE, "double": 2}

    def test_a_live_run_is_not_taken_over(self, project: Project) -> None:
        (project.root / "hang").touch()
        plan = toy_plan()
        child = multiprocessing.get_context("spawn").Process(target=execute, args=(project,))
        child.start()
        try:
            wait_for(project.root / "hanging")
            alive = next((project.home / "store" / "runs").glob("*.json")).stem
            with open_run(LocalStore(project.home / "store"), plan, None) as record:
                assert record.run_id != alive
        finally:
            child.kill()
            child.join()


def test_two_runs_at_once_do_each_stages_work_once(project: Project) -> None:
    context = multiprocessing.get_context("spawn")
    plan = toy_plan(sleep=0.5)
    children = [context.Process(target=_execute_slow, args=(project, plan)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert [child.exitcode for child in children] == [0, 0]
    assert calls(project.root) == ONCE


def _execute_slow(project: Project, plan: Plan) -> None:
    os._exit(execute(project, plan).exit_code)


class TestScheduledStages:
    def drive(self, project: Project, plan: Plan, names: str, run_id: str = "scheduled__1") -> RunReport:
        return Execution(plan, project, kind_of=toy_stages.kind_of).run_stages((names,), run_id)

    def test_stages_one_by_one_make_what_a_local_run_makes(self, project: Project) -> None:
        plan = toy_plan()
        for name in ("read", "double", "decide", "crown", "tell"):
            assert self.drive(project, plan, name).exit_code == 0

        assert not execute(project, plan).did_work
        assert calls(project.root) == ONCE

    def test_the_run_has_ended_with_its_last_stage(self, project: Project) -> None:
        for name in ("read", "double", "decide", "crown"):
            self.drive(project, toy_plan(), name)
        record = project.home / "store" / "runs" / "scheduled__1.json"
        assert '"running"' in record.read_text()

        self.drive(project, toy_plan(), "tell")

        assert '"done"' in record.read_text()

    def test_a_local_run_is_reused(self, project: Project) -> None:
        execute(project)

        for name in ("read", "double", "decide", "crown", "tell"):
            assert not self.drive(project, toy_plan(), name).did_work

    def test_a_run_keeps_the_source_it_began_with(self, project: Project) -> None:
        plan = toy_plan()
        self.drive(project, plan, "read")
        (project.root / "source.txt").write_text("2024-02-01T00:00:00+00:00")

        self.drive(project, plan, "double")

        assert calls(project.root) == {"read": 1, "double": 1}

    def test_a_retry_finds_what_the_first_try_made(self, project: Project) -> None:
        plan = toy_plan()
        self.drive(project, plan, "read")

        assert statuses(self.drive(project, plan, "read")) == {"read": "reused"}

    def test_what_an_earlier_stage_lost_is_made_again(self, project: Project) -> None:
        plan = toy_plan()
        report = self.drive(project, plan, "read")
        output = report.outcomes[0].action.outputs["lines"]  # type: ignore[union-attr]
        (project.home / "store" / "blobs" / output.digest[:2] / output.digest[2:]).unlink()

        assert statuses(self.drive(project, plan, "double")) == {"read": "ran", "double": "ran"}

    def test_after_a_refusal_the_next_stage_skips_itself(self, project: Project) -> None:
        plan = toy_plan(refuse=True)
        for name in ("read", "double", "decide"):
            self.drive(project, plan, name)

        assert statuses(self.drive(project, plan, "crown"))["crown"] == "skipped"

    def test_what_the_scheduler_skipped_is_not_made_up_for(self, project: Project) -> None:
        plan = toy_plan()
        held_back = Execution(plan, project, kind_of=toy_stages.kind_of, skipped=frozenset({"crown"}))

        report = held_back.run_stages(("tell",), "scheduled__1")

        assert statuses(report)["crown"] == "skipped"
        assert statuses(report)["tell"] == "ran"
        assert "crown" not in calls(project.root)


def test_events_tell_what_happens(project: Project) -> None:
    events: list[Event] = []

    execute(project, listen=events.append)

    assert [(event.stage, event.status) for event in events[:4]] == [
        ("read", "started"),
        ("read", "ran"),
        ("double", "started"),
        ("double", "ran"),
    ]


def wait_for(path: Path, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.02)
