"""What a run would do, held against what it then does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import toy_stages
from headrace.plan.model import Plan
from headrace.project import Project
from headrace.run import Execution
from headrace.run.forecast import forecast
from toy_stages import toy_plan

CLOCKS = [None, datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 3, tzinfo=UTC)]
SOURCES = ["2024-01-01T00:00:00+00:00", "2024-01-01T00:00:00+00:00\n2024-01-02T00:00:00+00:00"]


def fates(execution: Execution, wanted: frozenset[str] | None = None) -> dict[str, str]:
    return {prospect.stage.name: prospect.fate for prospect in forecast(execution, wanted)}


def execution(root: Path, plan: Plan, as_of: datetime | None = None) -> Execution:
    return Execution(plan, Project(root, root / "home"), as_of=as_of, kind_of=toy_stages.kind_of)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "source.txt").write_text(SOURCES[0])
    return tmp_path


def test_a_first_run_begins_with_the_first_stage_and_the_rest_follows_from_it(root: Path) -> None:
    found = fates(execution(root, toy_plan()))

    assert found.pop("read") == "runs"
    assert set(found.values()) == {"depends"}


def test_nothing_is_made_and_no_run_begins(root: Path) -> None:
    forecast(execution(root, toy_plan()))

    assert toy_stages.calls(root) == {}
    assert not (root / "home" / "store").exists()


def test_only_what_a_stage_stands_on_is_asked(root: Path) -> None:
    assert list(fates(execution(root, toy_plan()), frozenset({"double"}))) == ["read", "double"]


def test_behind_a_refusal_everything_is_skipped_but_reporting(root: Path) -> None:
    plan = toy_plan(refuse=True)
    execution(root, plan).run()

    assert fates(execution(root, plan)) == {
        "read": "reused",
        "double": "reused",
        "decide": "reused",
        "crown": "skipped",
        "tell": "reused",
    }


def test_a_source_that_is_gone_keeps_its_stage_from_being_asked(root: Path) -> None:
    plan = toy_plan()
    gone = replace(plan, stages=(replace(plan.stages[0], config={"path": "other.txt"}), *plan.stages[1:]))

    with pytest.raises(FileNotFoundError):  # as a run does: the toy's observer has no words for it
        forecast(execution(root, gone))


EDITS = st.lists(
    st.tuples(st.integers(1, 2), st.booleans(), st.sampled_from(SOURCES), st.sampled_from(CLOCKS)),
    min_size=2,
    max_size=5,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
def test_what_is_said_to_run_is_what_then_runs(
    edits: list[tuple[int, bool, str, datetime | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("project")
    for times, refuse, source, clock in edits:
        (root / "source.txt").write_text(source)
        found = fates(execution(root, toy_plan(times=times, refuse=refuse), clock))
        report = execution(root, toy_plan(times=times, refuse=refuse), clock).run()
        became = {outcome.name: outcome.status for outcome in report.outcomes}
        for name, fate in found.items():
            allowed = {"runs": {"ran"}, "reused": {"reused"}, "skipped": {"skipped"}}
            assert became[name] in allowed.get(fate, {"ran", "reused", "skipped"}), (name, fate, became)
