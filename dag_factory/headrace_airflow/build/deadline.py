"""DeadlineSpec -> Airflow's deadline alerts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from headrace.clock import parse_moment
from headrace_airflow.spec.model import DagSpec, DeadlineSpec

#: Import path of what the triggerer calls.
CALLBACK = "headrace_airflow.deadlines.tell_of_deadline"


def deadline_alerts(spec: DagSpec) -> list[Any]:
    """One alert for each deadline.

    The callback runs in the triggerer: an executor that knows no callbacks would stop the scheduler. What it is told is
    stored by Airflow, so secrets in it are references still.
    """
    from airflow.sdk.definitions.callback import AsyncCallback
    from airflow.sdk.definitions.deadline import DeadlineAlert

    told = {"pipeline": spec.pipeline, "notify": [dict(entry) for entry in spec.notify]}
    return [
        DeadlineAlert(
            _reference(deadline),
            timedelta(seconds=deadline.within),
            AsyncCallback(CALLBACK, {**told, "within": deadline.within, "after": deadline.after}),
        )
        for deadline in spec.options.deadlines
    ]


def _reference(deadline: DeadlineSpec) -> Any:
    from airflow.sdk.definitions.deadline import DeadlineReference

    if deadline.after == "queued":
        return DeadlineReference.DAGRUN_QUEUED_AT
    if deadline.after == "logical_date":
        return DeadlineReference.DAGRUN_LOGICAL_DATE
    if deadline.after == "average":
        return DeadlineReference.AVERAGE_RUNTIME(deadline.runs)
    return DeadlineReference.FIXED_DATETIME(parse_moment(deadline.after))
