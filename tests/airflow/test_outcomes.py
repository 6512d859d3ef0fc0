"""What an exit code and a document mean."""

from __future__ import annotations

from typing import Any

import pytest

from headrace.errors import EXIT_DATA, EXIT_FAILED, EXIT_OK, EXIT_REFUSED, EXIT_TRANSIENT, EXIT_USAGE
from headrace_airflow.outcomes import Verdict, outcome_of
from headrace_airflow.runtimes.process import Ended


def ended(code: int, *lines: str, **document: Any) -> Ended:
    return Ended(code, document, lines)


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (EXIT_OK, "done"),
        (EXIT_REFUSED, "refused"),
        (EXIT_DATA, "broken"),
        (EXIT_USAGE, "broken"),
        (EXIT_TRANSIENT, "failed"),
        (EXIT_FAILED, "failed"),
        (137, "failed"),
        (-9, "failed"),
    ],
)
def test_only_wrong_data_and_configuration_are_not_worth_another_try(code: int, verdict: Verdict) -> None:
    assert outcome_of("train", ended(code)).verdict == verdict


@pytest.mark.parametrize(
    ("code", "told", "kind"),
    [
        (EXIT_TRANSIENT, "locked", "locked"),
        (EXIT_TRANSIENT, "connection", "connection"),
        (EXIT_TRANSIENT, "nonsense", "unknown"),
        (EXIT_FAILED, None, "unknown"),
        (-9, None, "killed"),
        (137, None, "killed"),
    ],
)
def test_a_failure_is_of_a_kind(code: int, told: str | None, kind: str) -> None:
    assert outcome_of("train", ended(code, failure=told)).kind == kind


def test_an_interpreter_without_headrace_is_not_worth_another_try() -> None:
    outcome = outcome_of("train", ended(EXIT_FAILED, "/usr/bin/python3: No module named headrace"))

    assert outcome.verdict == "broken"
    assert "runtime.python" in outcome.message
    assert outcome_of("train", ended(EXIT_FAILED, "No module named headrace_features.x")).verdict == "failed"


def test_a_stage_that_a_refusal_left_nothing_to_do_was_skipped() -> None:
    assert outcome_of("register", ended(EXIT_OK, status="skipped")).verdict == "skipped"


@pytest.mark.parametrize(
    "document",
    [
        {"stage": "gate", "facts": {"gates": [{"passed": False, "reason": "0.6 is below 0.7"}, {"passed": True}]}},
        {"pipeline": "flights", "gates": [{"passed": False, "reason": "0.6 is below 0.7"}, {"passed": True}]},
    ],
    ids=["one stage", "fused"],
)
def test_a_refusal_says_which_gate(document: dict[str, Any]) -> None:
    assert outcome_of("gate", ended(EXIT_REFUSED, **document)).refusal == "0.6 is below 0.7"


def test_a_failure_is_explained_by_its_diagnostics() -> None:
    entry = {"file": "conf/a.yaml", "line": 3, "column": 1, "code": "HR305", "message": "no rows", "remedy": ""}

    outcome = outcome_of("ingest", ended(EXIT_DATA, "noise", diagnostics=[entry]))

    assert outcome.message == "conf/a.yaml:3:1: error HR305: no rows"


def test_a_crash_is_explained_by_its_last_lines() -> None:
    assert outcome_of("train", ended(1, "Segmentation")).message.endswith(
        "exit code 1 and no explanation\nSegmentation"
    )
    assert "SIGKILL, as happens when memory runs out" in outcome_of("train", ended(-9)).message


def test_fused_stages_name_the_one_that_failed_and_know_whether_the_champion_was_decided_on() -> None:
    stages = [{"name": "promote", "status": "ran"}, {"name": "track", "status": "failed"}]

    outcome = outcome_of("all_stages", ended(75, stage="track", stages=stages))

    assert outcome.stage == "track"
    assert outcome.consequence == "the champion had been decided on before"
    assert outcome_of("all_stages", ended(75, stage="train", stages=[])).consequence == ""
