"""The groups that stages are shown in."""

from __future__ import annotations

from headrace_airflow.spec.groups import groups_of
from plans import plan_of

STAGES = {stage.name: stage for stage in plan_of().stages}


def groups(*tasks: str, taken: tuple[str, ...] = ()) -> dict[str, str]:
    """The groups of tasks that are called by their stages."""
    return groups_of({task: [STAGES[name] for name in task.split("+")] for task in tasks}, taken)


def test_a_task_whose_stages_belong_to_several_groups_is_in_none() -> None:
    assert groups("ingest", "validate", "split+train", "gate+register", "promote") == {
        "ingest": "data",
        "validate": "data",
        "gate+register": "release",
        "promote": "release",
    }


def test_a_group_of_one_task_is_none() -> None:
    assert groups("ingest", "validate", "train") == {"ingest": "data", "validate": "data"}


def test_a_group_around_all_tasks_is_none() -> None:
    assert groups("ingest", "validate", "split") == {}


def test_a_group_makes_room_for_what_is_called_like_it() -> None:
    assert set(groups("ingest", "validate", "train", "evaluate", taken=("model",)).values()) == {"data"}
