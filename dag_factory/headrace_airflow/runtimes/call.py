"""What a task asks for: the stages, their plan and their run, as words of a command; and what identifies the task."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from airflow.sdk.exceptions import AirflowSkipException

from headrace.plan.members import members
from headrace.plan.model import Plan
from headrace.project import Project
from headrace_airflow.run_identity import as_of, pinned_plan, run_name
from headrace_airflow.spec.model import DagSpec, StageTask

_LOG = logging.getLogger(__name__)
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
    project: Project,
    dag_run: Any,
    map_index: int = -1,
    skipped: Sequence[str] = (),
) -> StageCall:
    """The call, told which stages Airflow has skipped.

    AirflowSkipException if the plan that the run began with has no such stage.
    """
    run = run_name(dag_run)
    pinned = pinned_plan(project, run)
    words = [*_words(task, dag, pinned), f"--run-id={run}"]
    if task.each:
        words.append(f"--member={_member(dag, pinned, map_index)}")
    words += chosen_values(dag, getattr(dag_run, "conf", None))
    words += [f"--skipped={stage}" for stage in skipped]
    moment = as_of(dag_run, dag.schedule)
    if moment is not None:
        words.append(f"--as-of={moment}")
    digest = sha256("\n".join((str(project.home), dag.dag_id, run, task.task_id, str(map_index))).encode()).hexdigest()
    labels = {
        "app.kubernetes.io/managed-by": "headrace",
        "headrace/pipeline": _label(dag.pipeline),
        "headrace/task": _label(task.task_id),
        "headrace/call": sha256("\n".join(words).encode()).hexdigest()[:16],
    }
    readable = _label(task.task_id).lower()[:_READABLE].strip("-")
    return StageCall(tuple(words), f"headrace-{readable}-{digest[:16]}", labels)


def chosen_values(dag: DagSpec, conf: Mapping[str, Any] | None) -> list[str]:
    """What the run was started with, of what the pipeline opens: the stages check it before they do anything."""
    given = conf or {}
    return [f"--param={name}={json.dumps(given[name])}" for name in dag.params if name in given]


def _member(dag: DagSpec, pinned: Plan | None, index: int) -> str:
    """The member of a mapped task, by the order in which the run began with them.

    AirflowSkipException if it began with fewer.
    """
    labels = dag.members if pinned is None else [member.label for member in members(pinned.spec["for_each"])]
    if index >= len(labels):
        raise AirflowSkipException("the plan that this run began with has no such member")
    return labels[index]


def _words(task: StageTask, dag: DagSpec, pinned: Plan | None) -> Sequence[str]:
    """The command, with the plan that the run began with where the configuration has changed since."""
    is_all = len(task.stages) > 1 and len(dag.tasks) == 1
    stages = ("--all",) if is_all else tuple(task.stages)
    digest = dag.plan
    if pinned is not None and pinned.digest != digest:
        _LOG.warning("the configuration has changed since this run began; it keeps its plan %s", pinned.digest[:12])
        digest = pinned.digest
        has = {"--all", *(stage.name for stage in pinned.stages)}
        stages = tuple(name for name in stages if name in has)
        if not stages:
            raise AirflowSkipException("the plan that this run began with has no such stage")
    return ("stage", dag.pipeline, *stages, "--plan", digest)


def _label(text: str) -> str:
    """The text as a label of Kubernetes and a part of a name."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text)
    return plain[:63].strip("-") or "x"
