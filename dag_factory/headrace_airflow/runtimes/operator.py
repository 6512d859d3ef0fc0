"""The operators: one runs stages, one stands in for a pipeline that does not compile.

Airflow imports this for every file of DAGs that it reads: what a task needs when it runs is imported then.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from airflow.sdk import BaseOperator, SkipMixin
from airflow.sdk.exceptions import AirflowFailException

from headrace_airflow.runtimes.links import LINKS, linked_tasks, push_links

if TYPE_CHECKING:
    from headrace.errors import Diagnostic
    from headrace_airflow.notices import Notifier
    from headrace_airflow.outcomes import StageOutcome
    from headrace_airflow.runtimes.execution import TaskExecution
    from headrace_airflow.site import Site
    from headrace_airflow.spec.model import DagSpec, StageTask

_LOG = logging.getLogger(__name__)


class Work(NamedTuple):
    """What a task is for."""

    task: StageTask
    dag: DagSpec
    site: Site
    notifier: Notifier


class StageOperator(BaseOperator, SkipMixin):
    """Runs one stage, or several that share a task, where the pipeline says.

    It has no template fields: text from YAML is passed on as it is, and nothing is stored to be shown.
    """

    template_fields: Sequence[str] = ()
    ui_color = "#e8f1f2"
    operator_extra_links = LINKS
    inherits_from_skipmixin = True

    _work: Work
    _execution: TaskExecution | None = None

    def told(self, work: Work) -> StageOperator:
        """This task, told what it is for. ConfigError where this Airflow lacks what its runtime needs.

        A constructor of its own would have Airflow look through all of the constructor's arguments twice, for every
        task of every DAG; and Airflow looks at every attribute that is set.
        """
        if work.task.runtime.type in {"docker", "kubernetes"}:
            from headrace_airflow.runtimes.requirements import require_runtime

            require_runtime(work.task.runtime.type)
        vars(self)["_work"] = work
        return self

    def execute(self, context: Any) -> None:
        """Run the stages; any end but a good one, or a refusal, is raised as Airflow understands it."""
        from headrace_airflow.runtimes.execution import TaskExecution

        tasks = linked_tasks(self.dag)
        self.operator_extra_links = ()  # else Airflow writes an empty link for each when the task ends
        self._execution = TaskExecution(self._work.task, self._work.dag, self._work.site)
        outcome = self._execution.outcome(context)
        self._keep_true_outlets(self._execution.made)
        push_links(context, outcome.mlflow_url, tasks)
        if outcome.verdict == "refused":
            self._refuse(context, outcome)

    def _keep_true_outlets(self, made: frozenset[str]) -> None:
        """Airflow tells others of every outlet that a task has once it has succeeded: a refused model is none."""
        untrue = {outlet.name for outlet in self._work.task.outlets} - made
        self.outlets = [outlet for outlet in self.outlets if getattr(outlet, "name", None) not in untrue]

    def member(self, index: int) -> str:
        """What the member is called that a mapped task of this index works for."""
        members = self._work.dag.members
        return members[index] if 0 <= index < len(members) else ""

    def on_kill(self) -> None:
        """End the stages and whatever they started."""
        if self._execution is not None:
            self._execution.stop()

    def _refuse(self, context: Any, outcome: StageOutcome) -> None:
        """The task did its work, and the answer is no: one notice, and what follows is skipped."""
        _LOG.warning("refused: %s", outcome.refusal)
        if self._work.task.each:  # the member's later stages find the refusal in its run; the summary tells of it
            return
        self._work.notifier.refused(context, outcome)
        skipped = [self.dag.get_task(name) for name in self._work.task.skips]
        self.skip(context["ti"], skipped)


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
