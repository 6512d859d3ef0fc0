"""The last task of a pipeline of many models: what became of each, in one table."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator

from headrace_airflow.failures import StageBroken
from headrace_airflow.notices import Notifier
from headrace_airflow.outcomes import StageOutcome
from headrace_airflow.run_identity import name_in_store
from headrace_airflow.site import Site
from headrace_airflow.spec.model import DagSpec

_LOG = logging.getLogger(__name__)
_SHOWN = 10


class SummaryOperator(BaseOperator):
    """Tells which members were promoted, refused, unchanged or failed; fails if any failed.

    It runs whatever became of them, and it is it that sends the notices: one of all refusals, one of all failures.
    """

    template_fields: Sequence[str] = ()
    ui_color = "#eef2dc"

    def __init__(self, *, dag_spec: DagSpec, site: Site, notifier: Notifier, **options: Any) -> None:
        super().__init__(do_xcom_push=False, retries=0, trigger_rule="all_done", **options)
        self._members = tuple(dag_spec.members)
        self._pipeline = dag_spec.pipeline
        self._site = site
        self._notifier = notifier

    def execute(self, context: Any) -> None:
        """Read what the members left, and say it; StageBroken if any of them failed."""
        from headrace.run.member_summary import close_run, noted_members, table
        from headrace.store import LocalStore

        store = LocalStore(self._site.project_of(self._pipeline).home / "store")
        name = name_in_store(store, context["dag_run"])
        noted = noted_members(store, name, self._members)
        for line in table(noted):
            _LOG.info("%s", line)
        close_run(store, name, noted)
        refused = [f"{member.label}: {member.why}" for member in noted if member.verdict == "refused"]
        failed = [f"{member.label}: {member.why}" for member in noted if member.verdict == "failed"]
        if refused:
            self._notifier.refused(context, StageOutcome("refused", "gate", refusal=_listed(refused)))
        if failed:
            message = f"{len(failed)} of {len(noted)} members failed: {_listed(failed)}"
            raise StageBroken(StageOutcome("broken", self.task_id, message))


def _listed(lines: Sequence[str]) -> str:
    more = f"; and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return "; ".join(lines[:_SHOWN]) + more
