"""What a task asks for: the stages, their plan and their run, as words of a command; and what identifies the task."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from headrace.errors import UsageError
from headrace.plan.members import members
from headrace_airflow.run_identity import JoinedRun, join
from headrace_airflow.site import Site
from headrace_airflow.spec.model import DagSpec, StageTask

_LOG = logging.getLogger(__name__)
#: The label by which a try knows what an earlier one of the same call left.
CALL = "headrace/call"
#: Letters of the task in a container's name: a pod's host name has at most 63.
_READABLE = 36


@dataclass(frozen=True, slots=True)
class StageCall:
    """One task's work, wherever it is done."""

    words: tuple[str, ...]
    """The arguments of `headrace`."""
    name: str
    """Letters, digits and dashes: the same for every try of this task in this run, and for no other task."""
    labels: Mapping[str, str]
    """Who runs there, for people and for whoever cleans up."""


def stage_call(
    task: StageTask,
    dag: DagSpec,
    site: Site,
    dag_run: Any,
    map_index: int = -1,
    skipped: Sequence[str] = (),
) -> StageCall:
    """The call, told which stages Airflow has skipped.

    UsageError if the plan that the run began with has no such stage or member, or is gone.
    """
    joined = join(site, dag_run, dag.plan, dag.schedule)
    run = joined.name
    words = [*_words(task, dag, joined), f"--run-id={run}"]
    if task.each:
        words.append(f"--member={_member(dag, joined, map_index)}")
    params = dag.params if joined.earlier is None else joined.earlier.params
    words += chosen_values(params, getattr(dag_run, "conf", None))
    words += [f"--skipped={stage}" for stage in skipped]
    if joined.as_of is not None:
        words.append(f"--as-of={joined.as_of}")
    digest = sha256(
        "\n".join((str(site.project.home), dag.dag_id, run, task.task_id, str(map_index))).encode()
    ).hexdigest()
    labels = {
        "app.kubernetes.io/managed-by": "headrace",
        "headrace/pipeline": _label(dag.pipeline),
        "headrace/task": _label(task.task_id),
        CALL: sha256("\n".join(words).encode()).hexdigest()[:16],
    }
    readable = _label(task.task_id).lower()[:_READABLE].strip("-")
    return StageCall(tuple(words), f"headrace-{readable}-{digest[:16]}", labels)


def chosen_values(params: Iterable[str], conf: Mapping[str, Any] | None) -> list[str]:
    """What the run was started with, of what its plan opens: the stages check it before they do anything."""
    given = conf or {}
    return [f"--param={name}={json.dumps(given[name])}" for name in params if name in given]


def _member(dag: DagSpec, joined: JoinedRun, index: int) -> str:
    """The member of a mapped task, by the order in which the run began with them; UsageError if it began with fewer."""
    labels = dag.members
    if joined.earlier is not None and joined.earlier.for_each is not None:
        labels = [member.label for member in members(joined.earlier.for_each)]
    if index >= len(labels):
        raise UsageError(
            f"the plan {joined.plan[:12]} that this run began with has no such member: it came later",
            remedy="start a new run, which follows the new plan",
        )
    return labels[index]


def _words(task: StageTask, dag: DagSpec, joined: JoinedRun) -> Sequence[str]:
    """The command, with the plan that the run began with where the configuration has changed since.

    UsageError if that has none of the stages that this task is for.
    """
    if joined.plan != dag.plan:
        _LOG.warning("the configuration has changed since this run began; it keeps its plan %s", joined.plan[:12])
    if len(task.stages) > 1 and len(dag.tasks) == 1:
        return ("stage", dag.pipeline, "--all", "--plan", joined.plan)
    missing = joined.missing(task.stages)
    if len(missing) == len(task.stages):
        raise UsageError(
            f"the plan {joined.plan[:12]} that this run began with has no stage {missing[0]}: it came later",
            remedy="start a new run, which follows the new plan",
        )
    return ("stage", dag.pipeline, *(name for name in task.stages if name not in missing), "--plan", joined.plan)


def _label(text: str) -> str:
    """The text as a label of Kubernetes and a part of a name."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text)
    return plain[:63].strip("-") or "x"
