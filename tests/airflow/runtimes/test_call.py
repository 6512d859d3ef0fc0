"""The words of a task: which member, and what the run was started with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from headrace.errors import UsageError
from headrace.plan.model import Plan
from headrace.run.record import join_run
from headrace.store import LocalStore
from headrace_airflow.run_identity import run_name
from headrace_airflow.runtimes.call import stage_call
from headrace_airflow.site import Site
from headrace_airflow.spec.dag import dag_spec
from plans import open_plan, plan_of

MOMENT = datetime(2024, 1, 2, tzinfo=UTC)


@dataclass
class DagRun:
    dag_id: str = "flights"
    run_id: str = "manual"
    run_after: datetime = MOMENT
    start_date: datetime | None = MOMENT
    clear_number: int | None = 0
    data_interval_end: datetime | None = None
    partition_key: str | None = None
    partition_date: datetime | None = None
    conf: dict[str, Any] | None = field(default_factory=dict)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(str(tmp_path), str(tmp_path / "home"))


def words(site: Site, plan: Plan, stage: str, index: int = -1, run: DagRun | None = None) -> tuple[str, ...]:
    spec = dag_spec(plan)
    task = next(task for task in spec.stage_tasks if stage in task.stages)
    return stage_call(task, spec, site, run or DagRun(), index).words


def test_a_mapped_task_names_its_member_and_a_shared_one_names_none(site: Site) -> None:
    plan = open_plan()

    assert words(site, plan, "train", 1)[-1] == "--member=AA"
    assert not [word for word in words(site, plan, "ingest") if "member" in word]
    assert not [word for word in words(site, plan_of(), "train", run=DagRun(run_id="other")) if "member" in word]


def test_a_run_keeps_the_order_in_which_it_began_with_its_members(site: Site) -> None:
    began, now = open_plan(), open_plan(for_each={"carrier": ["DL", "AA", "UA", "B6"]})
    join_run(LocalStore(site.project.home / "store"), began, run_name(DagRun()), None)

    assert words(site, now, "train", 0)[-1] == "--member=UA"
    with pytest.raises(UsageError, match="no such member"):
        words(site, now, "train", 2)


def test_what_the_pipeline_opens_is_passed_on_and_nothing_else(site: Site) -> None:
    plan = plan_of(params={"seed": {"at": "seed"}, "window": {"at": "split.test"}})
    run = DagRun(conf={"seed": 7, "window": "$(id); {{ x }}", "other": 1})

    found = words(site, plan, "train", run=run)

    assert found[-2:] == ("--param=seed=7", '--param=window="$(id); {{ x }}"')


@pytest.mark.parametrize("cleared", [0, 1])
def test_a_run_keeps_its_values_when_the_pipeline_opens_them_no_more(site: Site, cleared: int) -> None:
    began, now = plan_of(params={"seed": {"at": "seed"}}), plan_of()
    conf = {"seed": 7}
    words(site, began, "train", run=DagRun(conf=conf))
    LocalStore(site.project.home / "store").put_document("plans", began.digest, began.to_json())

    found = words(site, now, "train", run=DagRun(conf=conf, clear_number=cleared))

    assert began.digest in found
    assert found[-1] == "--param=seed=7"


def test_a_run_is_given_no_value_that_its_plan_does_not_open(site: Site) -> None:
    began, now = plan_of(), plan_of(params={"seed": {"at": "seed"}})
    words(site, began, "train", run=DagRun(conf={"seed": 7}))
    LocalStore(site.project.home / "store").put_document("plans", began.digest, began.to_json())

    assert not [word for word in words(site, now, "train", run=DagRun(conf={"seed": 7})) if "param" in word]


def test_a_run_keeps_its_clock_when_the_schedule_changes(site: Site) -> None:
    schedule = {"cron": "0 6 * * *", "partition": {"by": "day"}}
    began, now = plan_of(schedule=schedule), plan_of()
    run = DagRun(partition_key="2024-01-01")
    LocalStore(site.project.home / "store").put_document("plans", began.digest, began.to_json())

    assert words(site, began, "train", run=run)[-1] == "--as-of=2024-01-02T00:00:00+00:00"
    assert words(site, now, "train", run=run)[-1] == "--as-of=2024-01-02T00:00:00+00:00"


@pytest.mark.parametrize("conf", [None, {}])
def test_a_run_of_the_schedule_passes_nothing_on(site: Site, conf: dict[str, Any] | None) -> None:
    plan = plan_of(params={"seed": {"at": "seed"}})

    assert not [word for word in words(site, plan, "train", run=DagRun(conf=conf)) if "param" in word]
