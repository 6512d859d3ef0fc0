"""The added tasks, and how they stand among those that run stages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from headrace.config.schema.spec import Spec
from headrace.errors import ConfigError, Diagnostic
from headrace.operators.presence import Tasks, present
from headrace.operators.references import waits_for
from headrace.plan.model import Plan
from headrace.schedule.assets import whole
from headrace_airflow.spec.graph import Upstream, ancestors, skipped_by
from headrace_airflow.spec.groups import group_around
from headrace_airflow.spec.model import OperatorTask, StageTask, TaskSpec
from headrace_airflow.spec.options import added_options, usual_options
from headrace_airflow.spec.stages import consequence, settling
from headrace_airflow.spec.tasks_among_stages import name_problems, place_problems, role_problems

#: With this rule a task runs only when all before it have succeeded; with any other it may run regardless.
_PLAIN_RULES = (None, "all_success")


def with_added_tasks(plan: Plan, spec: Spec, stages: Sequence[StageTask]) -> tuple[TaskSpec, ...]:
    """The tasks of the stages, with the edges that added tasks bring, and the added tasks in an order that works.

    ConfigError for tasks that would have to come both before and after stages that are one task.
    """
    tasks = present(plan.spec["tasks"], [stage.name for stage in plan.stages]) if spec.tasks else {}
    if not tasks:
        return tuple(stages)
    upstream = _upstream(tasks, stages)
    persistent = _persistent(tasks, stages)
    _check(plan, tasks, stages, upstream, persistent)
    order = _in_order(plan, tasks, upstream)
    waiting = {name: (*upstream[name], *_still_at_work(name, tasks, upstream, persistent)) for name in upstream}
    own = [task._replace(upstream=waiting[task.task_id], skips=_skips(task, upstream, persistent)) for task in stages]
    deciding = _deciding(plan, stages)
    added = [_added(plan, spec, name, upstream, deciding) for name in order if name in tasks]
    groups = {task.task_id: task.group for task in stages if task.group}
    return (
        *own,
        *(task._replace(group=task.group or group_around(task.task_id, upstream, groups)) for task in added),
    )


def _check(
    plan: Plan, tasks: Tasks, stages: Sequence[StageTask], upstream: Upstream, persistent: Collection[str]
) -> None:
    problems = [*name_problems(tasks, stages), *role_problems(tasks, upstream, persistent)]
    if problems := problems or [*place_problems(tasks, stages, upstream)]:
        raise ConfigError(
            Diagnostic(each.code, each.message, plan.place_of(each.key), each.remedy, pipeline=plan.pipeline)
            for each in problems
        )


def _upstream(tasks: Tasks, stages: Sequence[StageTask]) -> Upstream:
    """Task -> the tasks that it waits for; a stage's name stands for the task that runs it."""
    task_of = {stage: task.task_id for task in stages for stage in task.stages}
    edges: dict[str, list[str]] = {task.task_id: list(task.upstream) for task in stages}
    for name, task in tasks.items():
        edges.setdefault(name, []).extend(task_of.get(other, other) for other in waits_for(task))
        for other in task["before"]:
            edges.setdefault(task_of.get(other, other), []).append(name)
    return {name: tuple(dict.fromkeys(names)) for name, names in edges.items()}


def _persistent(tasks: Tasks, stages: Sequence[StageTask]) -> set[str]:
    """The tasks that may run although one before them was skipped."""
    rules = {task.task_id: task.options.trigger_rule for task in stages}
    rules |= {name: "teardown" if task["role"] == "teardown" else task["trigger_rule"] for name, task in tasks.items()}
    return {name for name, rule in rules.items() if rule not in _PLAIN_RULES}


def _skips(task: StageTask, upstream: Upstream, persistent: Collection[str]) -> tuple[str, ...]:
    found = skipped_by(task.task_id, upstream, persistent)
    return tuple(dict.fromkeys([*task.skips, *(name for name in found)]))


def _still_at_work(name: str, tasks: Tasks, upstream: Upstream, persistent: Collection[str]) -> tuple[str, ...]:
    """What a task that runs regardless has to wait for besides.

    An added task may skip what comes after it (a rejection, a branch not taken) while others that these were waiting
    for are still at work.
    """
    if name not in persistent:
        return ()
    found: dict[str, None] = {}
    before = ancestors(name, upstream)
    for added in before.intersection(tasks):
        done = ancestors(added, upstream) | {added}
        skipped = [other for other in skipped_by(added, upstream, persistent) if other in before]
        for other in skipped:
            found.update(dict.fromkeys(each for each in upstream[other] if each not in done and each not in skipped))
    ready = {other for other, task in tasks.items() if task["role"] == "setup"}  # needed by what was skipped alone
    return tuple(each for each in upstream if each in found and each not in upstream[name] and each not in ready)


def _in_order(plan: Plan, tasks: Tasks, upstream: Upstream) -> list[str]:
    ordered: list[str] = []
    waiting = dict(upstream)
    while waiting:
        ready = next((name for name, before in waiting.items() if waiting.keys().isdisjoint(before)), None)
        if ready is None:
            at = next(name for name in tasks if name in waiting)
            message = f"the task {at} would have to come both before and after stages that run as one task"
            remedy = "leave these stages out of `fuse`, or delete a `before` or an `after`"
            raise ConfigError(
                [Diagnostic("HR358", message, plan.place_of(f"tasks.{at}"), remedy, pipeline=plan.pipeline)]
            )
        ordered.append(ready)
        del waiting[ready]
    return ordered


def _added(plan: Plan, spec: Spec, name: str, upstream: Upstream, deciding: Collection[str]) -> OperatorTask:
    task = spec.tasks[name]
    told: Mapping[str, Any] = task.model_dump(mode="json")
    return OperatorTask(
        task_id=name,
        operator=task.operator or "",
        function=task.function or "",
        args=told["args"],
        expand=told["expand"],
        expand_kwargs=told["expand_kwargs"],
        map_index=task.map_index,
        upstream=upstream[name],
        group=task.group,
        inlets=tuple(whole(asset) for asset in told["inlets"]),
        outlets=tuple(whole(asset) for asset in told["outlets"]),
        consequence=consequence(ancestors(name, upstream), deciding),
        place=str(plan.place_of(f"tasks.{name}") or ""),
        options=added_options(plan, spec, name, task),
        usual=usual_options(plan, spec, name, task),
    )


def _deciding(plan: Plan, stages: Sequence[StageTask]) -> set[str]:
    """The tasks after which the champion has been decided on."""
    return {task.task_id for task in stages if settling(plan).intersection(task.stages)}
