"""The last task of a pipeline of many models: what became of each, in one table."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from headrace_airflow.run_identity import run_name
from headrace_airflow.site import Site
from headrace_airflow.spec.model import DagSpec

_LOG = logging.getLogger(__name__)


class SummaryOperator(BaseOperator):
    """Tells which members were promoted, refused, unchanged or failed; fails if any failed.

    It runs whatever became of them: the run is red because of it, not because it did not come so far.
    """

    template_fields: Sequence[str] = ()
    ui_color = "#eef2dc"

    def __init__(self, *, dag_spec: DagSpec, site: Site, **options: Any) -> None:
        super().__init__(do_xcom_push=False, retries=0, trigger_rule="all_done", **options)
        self._members = tuple(dag_spec.members)
        self._site = site

    def execute(self, context: Any) -> None:
        """Read what the members left, and say it."""
        from headrace.run.member_summary import close_run, noted_members, table
        from headrace.store import LocalStore

        store, name = LocalStore(self._site.project.home / "store"), run_name(context["dag_run"])
        noted = noted_members(store, name, self._members)
        for line in table(noted):
            _LOG.info("%s", line)
        failed = [member.label for member in noted if member.verdict == "failed"]
        close_run(store, name, noted)
        if failed:
            raise AirflowFailException(f"{len(failed)} of {len(noted)} members failed: {', '.join(failed)}")
