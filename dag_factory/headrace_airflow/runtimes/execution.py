"""What a task does: the stages run where they are to run, and Airflow is told what their end means."""

from __future__ import annotations

import logging
import os
import shlex
import shutil
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from airflow.sdk.exceptions import AirflowSkipException
from airflow.sdk.log import mask_secret

from headrace import secrets
from headrace.errors import HeadraceError
from headrace.project import Project
from headrace_airflow.failures import StageBroken, StageInterrupted, failure_of
from headrace_airflow.notices.run_notes import push_beginning
from headrace_airflow.outcomes import StageOutcome, outcome_of
from headrace_airflow.outer_environment import outer_environment
from headrace_airflow.runtimes.call import StageCall, stage_call
from headrace_airflow.runtimes.links import run_variables
from headrace_airflow.runtimes.output import Ended
from headrace_airflow.runtimes.process import AbandonedError, StageCommand
from headrace_airflow.runtimes.skipped import skipped_stages
from headrace_airflow.runtimes.xcoms import unless_refused
from headrace_airflow.secret_values import with_secrets
from headrace_airflow.site import Site
from headrace_airflow.spec.model import DagSpec, RuntimeSpec, StageTask
from headrace_airflow.spec.outlets import true_outlets

_LOG = logging.getLogger(__name__)
#: A stage's lines are in the task's log when they are said, whatever the machine's language.
_UNBUFFERED = {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
#: Secrets for whom to know: set in the stage's environment, and taken out of what it says.
Secrets = tuple[str, ...]


class Runner(Protocol):
    """Something that runs a stage once."""

    def run(self) -> Ended:
        """Run it to its end. OSError if it cannot be started."""

    def stop(self) -> None:
        """End it, with all that it started. May be called at any time, from a signal handler too."""


class TaskExecution:
    """One try of one task."""

    def __init__(self, task: StageTask, dag: DagSpec, site: Site) -> None:
        self._task = task
        self._dag = dag
        self._site = site
        self._runner: Runner | None = None
        self.made: frozenset[str] = frozenset()
        """Names of the outlets that the stages have made new."""

    def outcome(self, context: Mapping[str, Any]) -> StageOutcome:
        """Run the stages: done or refused; any other end is raised.

        StageBroken if trying again does not help, StageFailed if it may; AirflowSkipException if the run has no such
        stage or the stage nothing to do.
        """
        name = self._task.task_id
        try:
            project = self._site.project_of(self._dag.pipeline)
            if not self._task.upstream:
                push_beginning(context, self._dag.plan, project.root)
            map_index = getattr(context.get("ti"), "map_index", -1)
            skipped = skipped_stages(context, self._dag, self._task)
            call = stage_call(self._task, self._dag, self._site, context["dag_run"], map_index, skipped)
            _LOG.info("%s", shlex.join(("headrace", *call.words)))
            self._runner = self._runner_of(call, run_variables(context))
            ended = self._run(self._runner)
        except HeadraceError as error:
            raise StageBroken(StageOutcome("broken", name, str(error), error.diagnostics)) from None
        _tell_times(ended, context)
        self.made = frozenset(outlet.name for outlet in true_outlets(self._task.outlets, ended.document))
        outcome = outcome_of(name, ended)
        if outcome.verdict in {"broken", "failed"}:
            raise failure_of(outcome)
        if outcome.verdict == "skipped":
            raise AirflowSkipException("a gate refused earlier in this run")
        return outcome

    def stop(self) -> None:
        """End the stages and whatever they started."""
        if self._runner is not None:
            self._runner.stop()

    def _run(self, runner: Runner) -> Ended:
        name = self._task.task_id
        try:
            return runner.run()
        except AbandonedError:
            os._exit(1)  # at once: notices are for the try that follows, and nobody hears of this one
        except KeyboardInterrupt:
            raise StageInterrupted(f"{name} was interrupted") from None
        except OSError as error:
            message = f"{name} could not be started: {error.filename or ''}: {error.strerror or error}"
            raise StageBroken(StageOutcome("broken", name, message)) from None

    def _runner_of(self, call: StageCall, told: Mapping[str, str]) -> Runner:
        runtime, project = self._task.runtime, self._site.project
        if runtime.type == "kubernetes":
            from headrace_airflow.runtimes.pod import StagePod

            return StagePod(runtime, call, _say, told)
        if runtime.type == "docker":
            from headrace_airflow.runtimes.container import StageContainer

            variables, hidden = _container_variables(runtime)
            return StageContainer(runtime, call, project, {**variables, **told}, hidden, _say)
        environment, hidden = _variables(runtime, project)
        environment |= told
        if runtime.type == "in_process":
            from headrace_airflow.runtimes.in_process import StageInProcess

            return StageInProcess(StageCommand(call.words, environment, project.root, hidden), _say)
        from headrace_airflow.runtimes.process import StageProcess

        words = (_interpreter(runtime.python, project), "-m", "headrace", *call.words)
        return StageProcess(StageCommand(words, environment, project.root, hidden), _say, _supervisor_watch())


def _supervisor_watch() -> Callable[[], bool]:
    """Whether Airflow's supervisor of this task has ended since: Airflow then begins another try somewhere.

    Where tasks run without one, as in `dag.test()`, nobody is watched.
    """
    from airflow.sdk.execution_time import task_runner

    channel = getattr(getattr(task_runner, "SUPERVISOR_COMMS", None), "socket", None)
    if not isinstance(channel, socket.socket):
        return lambda: False
    supervisor = os.getppid()
    return lambda: os.getppid() != supervisor


def _say(line: str) -> None:
    _LOG.info("%s", line)


def _tell_times(ended: Ended, context: Mapping[str, Any]) -> None:
    """What each of several stages took, in the log and in the XCom `stages`: they have one task between them."""
    stages = [
        {"name": stage.get("name"), "status": stage.get("status"), "seconds": stage.get("seconds", 0.0)}
        for stage in ended.document.get("stages", ())
    ]
    if len(stages) > 1:
        _LOG.info(
            "stages: %s", ", ".join(f"{each['name']} {each['status']} {each['seconds']:.1f} s" for each in stages)
        )
        with unless_refused("what each stage took"):
            context["ti"].xcom_push(key="stages", value=stages)


def _variables(runtime: RuntimeSpec, project: Project) -> tuple[dict[str, str], Secrets]:
    """What stages on this machine find in their environment. SecretError for a secret that is not there."""
    environment = with_secrets({**outer_environment(), **_UNBUFFERED}, runtime.secrets)
    declared, hidden = _declared(runtime, environment)
    fixed = {"HEADRACE_PROJECT": str(project.root), "HEADRACE_HOME": str(project.home)}
    return {**environment, **declared, **fixed}, hidden


def _container_variables(runtime: RuntimeSpec) -> tuple[dict[str, str], Secrets]:
    """What stages in a container find: what is declared, and the secrets that they look up. SecretError as above."""
    environment = with_secrets(os.environ, runtime.secrets)
    looked_up = secrets.resolve({name: f"${{secret:{name}}}" for name in runtime.secrets}, environment)
    declared, hidden = _declared(runtime, {**environment, **looked_up})
    for value in looked_up.values():
        mask_secret(value)
    return {**looked_up, **declared}, tuple(dict.fromkeys([*hidden, *looked_up.values()]))


def _declared(runtime: RuntimeSpec, environment: Mapping[str, str]) -> tuple[dict[str, str], Secrets]:
    declared: dict[str, str] = secrets.resolve(dict(runtime.environment), environment)
    hidden = secrets.values(runtime.environment, environment)
    for value in hidden:
        mask_secret(value)
    return declared, hidden


def _interpreter(python: str | None, project: Project) -> str:
    """`runtime.python`: a path from the project folder, or a name on the path."""
    if python is None:
        return sys.executable
    if os.sep in python:
        return str(project.root / os.path.expanduser(python))
    return shutil.which(python) or python
