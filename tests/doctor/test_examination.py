"""Checks run side by side, each by itself."""

from __future__ import annotations

import time
from collections.abc import Iterable

from headrace.doctor import Check, Finding, Patient, examine

PATIENT = Patient(None, {})


def fine(patient: Patient) -> Iterable[Finding]:
    return [Finding("ok", "fine", "it is")]


def broken(patient: Patient) -> Iterable[Finding]:
    yield Finding("ok", "broken", "so far")
    raise ImportError("libomp.dylib")


def hangs(patient: Patient) -> Iterable[Finding]:
    time.sleep(60)
    return []


def test_findings_come_in_the_checks_order() -> None:
    found = examine(PATIENT, [Check("fine", fine), Check("broken", broken), Check("fine", fine)])

    assert [finding.subject for finding in found] == ["fine", "broken", "fine"]


def test_a_check_that_raises_is_a_finding() -> None:
    (found,) = examine(PATIENT, [Check("broken", broken)])

    assert (found.status, found.message) == ("fail", "ImportError: libomp.dylib")


def test_checks_that_hang_are_not_waited_for_longer_than_they_may_take() -> None:
    started = time.monotonic()
    found = examine(PATIENT, [Check("a", hangs, patience=0.2), Check("b", hangs, patience=0.3), Check("fine", fine)])

    assert time.monotonic() - started < 2
    assert [finding.status for finding in found] == ["warn", "warn", "ok"]
    assert found[0].message == "no answer within 0.2 s"
