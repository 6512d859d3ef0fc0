"""What a run reports."""

from __future__ import annotations

from typing import Any

from headrace.errors import DataError
from headrace.run import Outcome, RunReport
from headrace.store import Action


def outcome(name: str, status: str = "ran", facts: dict[str, Any] | None = None, **fields: Any) -> Outcome:
    action = Action(key="k", stage=name, outputs={}, facts=facts or {}, refused=fields.pop("refused", False))
    return Outcome(name, status, 1.0, action, **fields)  # type: ignore[arg-type]


def report(*outcomes: Outcome) -> RunReport:
    return RunReport("p", "digest", "run", outcomes, 2.0)


REGISTERED = outcome("register", facts={"name": "p", "version": "3"})


def test_a_promoted_version_carries_the_alias() -> None:
    promoted = outcome("promote", facts={"promoted": True, "alias": "champion"})

    assert report(REGISTERED, promoted).model == {"name": "p", "version": "3", "alias": "champion"}


def test_a_reused_promotion_counts_only_while_it_is_still_champion() -> None:
    facts = {"promoted": True, "alias": "champion"}
    still = outcome("promote", "reused", facts, observed={"champion": "self"})
    replaced = outcome("promote", "reused", facts, observed={"champion": {"version": "2"}})

    assert report(REGISTERED, still).model == {"name": "p", "version": "3", "alias": "champion"}
    assert report(REGISTERED, replaced).model == {"name": "p", "version": "3", "alias": None}


def test_the_json_document_has_what_a_program_needs() -> None:
    scored = outcome("evaluate", facts={"test": {"roc_auc": 0.7}, "baseline": {"roc_auc": 0.5}})

    document = report(scored, REGISTERED).to_json()

    assert document["metrics"] == {"test": {"roc_auc": 0.7}, "baseline": {"roc_auc": 0.5}}
    assert document["stages"][0] == {"name": "evaluate", "status": "ran", "seconds": 1.0}
    assert document["status"] == "done"


def test_exit_codes() -> None:
    assert report(outcome("gate", refused=True)).exit_code == 3
    assert report(outcome("ingest", "failed", error=DataError("bad"))).exit_code == 1
    assert report(outcome("ingest")).exit_code == 0
