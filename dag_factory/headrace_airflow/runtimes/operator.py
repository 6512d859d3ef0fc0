"""The operators: one runs a stage in a process of its own, one stands in for a pipeline that does not compile."""

from __future__ import annotations

import logging
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from airflow.sdk import BaseOperator
from airflow.sdk.log import mask_secret

from headrace import secrets
from headrace.errors import Diagnostic, HeadraceError, UsageError
from headrace_airflow.failures import StageBroken, StageFailed, StageInterrupted
from headrace_airflow.notices import Notifier
from headrace_airflow.outcomes import StageOutcome, outcome_of
from headrace_airflow.run_identity import JoinedRun, as_of, join
from headrace_airflow.runtimes.process import Ended, StageCommand, StageProcess
from headrace_airflow.secret_values import with_secrets
from headrace_airflow.site import Site
from headrace_airflow.spec.model import DagSpec, StageTask
from headrace_airflow.versions import AirflowFailException, AirflowSkipException, SkipMixin

_LOG = logging.getLogger(__name__)


class StageOperator(BaseOperator, SkipMixin):
    """Runs one stage, or all of them where they are fused.

    It has no template fields: text from YAML is passed on as it is, and nothing is stored to be shown.
    """

    template_fields: Sequence[str] = ()
    ui_color = "#e8f1f2"
    inherits_from_skipmixin = True

    def __init__(self, *, spec: StageTask, dag_spec: DagSpec, site: Site, notifier: Notifier, **options: Any) -> None:
        super().__init__(do_xcom_push=False, **options)
        self._spec = spec
        self._dag_spec = dag_spec
        self._site = site
        self._notifier = notifier
        self._process: StageProcess | None = None

    def execute(self, context: Any) -> None:
        """Run the stage and tell Airflow what its end means.

        StageBroken if trying again does not help, StageFailed if it may; AirflowSkipException if the run has no such
        stage or the stage nothing to do.
        """
        try:
            command = self._command(context["dag_run"])
            ended = self._run(command)
        except HeadraceError as error:
            raise StageBroken(StageOutcome("broken", self.task_id, str(error), error.diagnostics)) from None
        outcome = outcome_of(self.task_id, ended)
        if outcome.verdict == "broken":
            raise StageBroken(outcome)
        if outcome.verdict == "failed":
            raise StageFailed(outcome)
        if outcome.verdict == "skipped":
            raise AirflowSkipException("a gate refused earlier in this run")
        if outcome.verdict == "refused":
            self._refuse(context, outcome)

    def on_kill(self) -> None:
        """End the stage and whatever it started."""
        if self._process is not None:
            self._process.stop()

    def _refuse(self, context: Any, outcome: StageOutcome) -> None:
        """The task did its work, and the answer is no: one notice, and what follows is skipped."""
        _LOG.warning("refused: %s", outcome.refusal)
        self._notifier.refused(context, outcome)
        skipped = [self.dag.get_task(name) for name in self._spec.skips]
        self.skip(context["ti"], skipped)

    def _run(self, command: StageCommand) -> Ended:
        self._process = StageProcess(command, lambda line: _LOG.info("%s", line))
        try:
            return self._process.run()
        except KeyboardInterrupt:
            raise StageInterrupted(f"{self.task_id} was interrupted") from None
        except OSError as error:
            message = f"{self.task_id} could not be started: {command.words[0]}: {error.strerror}"
            raise StageBroken(StageOutcome("broken", self.task_id, message)) from None

    def _command(self, dag_run: Any) -> StageCommand:
        runtime, project = self._spec.runtime, self._site.project
        joined = self._joined(dag_run)
        words = [self._interpreter(), "-m", "headrace", *self._words(joined), f"--run-id={joined.name}"]
        moment = as_of(dag_run)
        if moment is not None:
            words.append(f"--as-of={moment}")
        _LOG.info("%s", shlex.join(words))
        environment = with_secrets(_outer_environment(), runtime.secrets)
        declared = secrets.resolve(dict(runtime.environment), environment)
        hidden = secrets.values(runtime.environment, environment)
        for value in hidden:
            mask_secret(value)
        fixed = {"HEADRACE_PROJECT": str(project.root), "HEADRACE_HOME": str(project.home)}
        return StageCommand(tuple(words), {**environment, **declared, **fixed}, project.root, hidden)

    def _joined(self, dag_run: Any) -> JoinedRun:
        """The run with the plan that it keeps; UsageError if that has none of the stages that this task is for."""
        joined = join(self._site, dag_run, self._dag_spec.plan)
        if joined.plan != self._dag_spec.plan:
            _LOG.warning("the configuration has changed since this run began; it keeps its plan %s", joined.plan[:12])
        missing = joined.missing(self._spec.stages) if len(self._spec.stages) == 1 else []
        if missing:
            raise UsageError(
                f"the plan {joined.plan[:12]} that this run began with has no stage {missing[0]}: it came later",
                remedy="start a new run, which follows the new plan",
            )
        return joined

    def _words(self, joined: JoinedRun) -> Sequence[str]:
        stages = self._spec.stages
        stage = stages[0] if len(stages) == 1 else "--all"
        return ("stage", self._dag_spec.pipeline, stage, "--plan", joined.plan)

    def _interpreter(self) -> str:
        """`runtime.python`: a path from the project folder, or a name on the path."""
        python = self._spec.runtime.python
        if python is None:
            return sys.executable
        if os.sep in python:
            return str(self._site.project.root / os.path.expanduser(python))
        return shutil.which(python) or python


class BrokenOperator(BaseOperator):
    """Fails with the reasons why its pipeline has no stages."""

    template_fields: Sequence[str] = ()
    ui_color = "#f6d5d0"

    def __init__(self, *, diagnostics: tuple[Diagnostic, ...], **options: Any) -> None:
        super().__init__(do_xcom_push=False, retries=0, **options)
        self.diagnostics = diagnostics

    def execute(self, context: Any) -> NoReturn:
        """Fail, and say why."""
        del context
        for diagnostic in self.diagnostics:
            _LOG.error("%s", diagnostic)
        raise AirflowFailException(f"this pipeline does not compile: {len(self.diagnostics)} problems")


def _outer_environment() -> dict[str, str]:
    """What a stage inherits: everything but Airflow's own settings, among them the keys to its database."""
    own = ("AIRFLOW", "_AIRFLOW", "__AIRFLOW")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
