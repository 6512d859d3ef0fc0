"""From a task to its MLflow run and page, and back: the stage that tracks the run knows the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey

#: The variable in which a stage finds the address of the run that it works for.
RUN_URL = "HEADRACE_RUN_URL"


class _Link(BaseOperatorLink):
    """A button on a task's page. Its address is an XCom of the task, under the link's key."""

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Nothing: Airflow asks when the task ends, and the address is known only when the run is tracked."""
        del operator, ti_key
        return ""


class MlflowRunLink(_Link):
    """The MLflow run."""

    name = "MLflow run"
    xcom_key = "headrace_mlflow_run"


class ReportLink(_Link):
    """The run's page, among the MLflow run's artifacts."""

    name = "Report"
    xcom_key = "headrace_report"


LINKS: Sequence[BaseOperatorLink] = (MlflowRunLink(), ReportLink())


def run_variables(context: Mapping[str, Any]) -> dict[str, str]:
    """What a stage is told of the run that it works for."""
    from headrace.tracking.settings import is_link

    address = str(getattr(context.get("ti"), "log_url", "")).rpartition("/tasks/")[0]
    return {RUN_URL: address} if is_link(address) else {}


def push_links(context: Mapping[str, Any], mlflow_url: str, task_ids: Sequence[str]) -> None:
    """Give these tasks of the run their links; nothing where no server shows the MLflow run.

    Failing to is no reason for a run to fail.
    """
    from airflow.sdk.bases.xcom import BaseXCom

    from headrace.tracking.settings import is_link
    from headrace_airflow.runtimes.xcoms import unless_refused

    if not is_link(mlflow_url):
        return
    ti = context["ti"]
    run = {"dag_id": ti.dag_id, "run_id": ti.run_id, "map_index": -1 if ti.map_index is None else ti.map_index}
    with unless_refused("the links to MLflow"):
        for task_id in task_ids:
            BaseXCom.set(MlflowRunLink.xcom_key, mlflow_url, task_id=task_id, **run)
            BaseXCom.set(ReportLink.xcom_key, f"{mlflow_url}/artifacts/page.html", task_id=task_id, **run)


def linked_tasks(dag: Any) -> list[str]:
    """The tasks of a DAG that have these links."""
    return [task.task_id for task in dag.tasks if LINKS[0] in task.operator_extra_links]
