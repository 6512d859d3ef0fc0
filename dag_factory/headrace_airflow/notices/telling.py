"""Notices are put together from what is known without asking anybody, remembered, and sent."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from secrets import token_hex
from typing import Any

from headrace.errors import Diagnostic
from headrace.notify import Event, Notice, announce
from headrace.store import LocalStore
from headrace.tracking.settings import without_credentials
from headrace_airflow.notices.channels import addressees
from headrace_airflow.notices.facts import RunFacts, run_facts
from headrace_airflow.notices.hiding import without_secrets
from headrace_airflow.notices.notifier import Notifier, run_id, task_id, told
from headrace_airflow.outcomes import StageOutcome
from headrace_airflow.run_identity import name_in_store, run_name

_LOG = logging.getLogger(__name__)
#: Events that leave production as it was, or might.
_CONSEQUENTIAL: frozenset[Event] = frozenset({"failed", "refused", "deadline"})


def notice_of(
    notifier: Notifier, event: Event, context: Mapping[str, Any], outcome: StageOutcome | None, message: str
) -> Notice:
    """What there is to say of an event. `outcome` is the stage's own account, where there is one."""
    diagnostics = outcome.diagnostics if outcome else ()
    first = diagnostics[0] if diagnostics else Diagnostic("", message)
    consequence = (outcome and outcome.consequence) or notifier.consequences.get(task_id(context), "")
    return Notice(
        event=event,
        pipeline=notifier.pipeline,
        stage=(outcome and outcome.stage) or task_id(context),
        run_id=run_id(context),
        message=first.message + (f" (and {len(diagnostics) - 1} more: see the log)" if diagnostics[1:] else ""),
        place=str(first.place or ""),
        remedy=first.remedy,
        consequence=consequence if event in _CONSEQUENTIAL else "",
        log=without_credentials(str(getattr(context.get("ti"), "log_url", ""))),
    )


def tell(notifier: Notifier, context: Mapping[str, Any], notice: Notice) -> None:
    """Send the notice to everybody who wants it, unless it has been sent before."""
    who = addressees(notifier, notice.event)
    notice = without_secrets(notice, who.secrets)
    if _is_first(notifier, context, notice):
        found = _facts(notifier, context)
        notice = replace(notice, mlflow=found.mlflow, champion=found.champion if notice.consequence else "")
        announce(notice, who.channels, _LOG)


def tell_of_success(notifier: Notifier, context: Mapping[str, Any]) -> None:
    """Say what the run brought; a run that a gate refused is green too, and was told of already."""
    found = _facts(notifier, context)
    if not (found.refused or _was_refused(notifier, context)):
        notice = notice_of(notifier, "succeeded", context, None, found.brought)
        tell(notifier, context, replace(notice, stage="", log=notice.log.rpartition("/tasks/")[0]))


def _facts(notifier: Notifier, context: Mapping[str, Any]) -> RunFacts:
    run = context.get("dag_run")
    project = notifier.site.at_hand
    if run is None or project is None:
        return RunFacts()
    try:
        if not (project.home / "store").is_dir():
            return RunFacts()
        name = name_in_store(LocalStore(project.home / "store"), run)
        return run_facts(project.home, name, notifier.pipeline)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:  # a notice without them is one too
        _LOG.warning("what the store knows of this run could not be read: %s", error)
        return RunFacts()


def _was_refused(notifier: Notifier, context: Mapping[str, Any]) -> bool:
    """Whether a task of the run told of a refusal: the stages' own store may be elsewhere."""
    run, project = context.get("dag_run"), notifier.site.at_hand
    if run is None or project is None:
        return False
    store = LocalStore(project.home / "store")
    return store.get_document("notices", f"{run_name(run)}-refused") is not None


def _is_first(notifier: Notifier, context: Mapping[str, Any], notice: Notice) -> bool:
    """Whether nobody has told of this yet; remembers that somebody has, where there is a place for it."""
    run, project = context.get("dag_run"), notifier.site.at_hand
    if run is None or project is None:
        return True
    store, name = LocalStore(project.home / "store"), f"{run_name(run)}-{told(context, notice)}"
    try:
        mine = {
            **notice.as_json(),
            "told_by": token_hex(8),
        }  # no lock: what locks is not installed beside every Airflow
        return store.create_document("notices", name, mine) == mine
    except OSError as error:  # twice is better than never
        _LOG.warning("that this notice was sent cannot be remembered: %s", error.strerror)
    return True
