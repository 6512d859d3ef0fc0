"""Runs the checks side by side, each by itself: one that fails or hangs is a finding, and stops no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from headrace.doctor.finding import Check, Finding, Patient


def examine(patient: Patient, checks: Sequence[Check]) -> list[Finding]:
    """What every check found, in the checks' order. Returns when the most patient one's time is over at the latest."""
    examinations = [_Examination(check, patient) for check in checks]
    started = time.monotonic()
    return [finding for one in examinations for finding in one.result(started)]


class _Examination:
    """One check in a thread of its own, which ends with the process if it does not end before."""

    def __init__(self, check: Check, patient: Patient) -> None:
        self._check = check
        self._found: tuple[Finding, ...] | None = None
        self._thread = threading.Thread(target=self._look, args=(patient,), daemon=True, name=f"doctor {check.subject}")
        self._thread.start()

    def result(self, started: float) -> tuple[Finding, ...]:
        self._thread.join(max(0.0, started + self._check.patience - time.monotonic()))
        if self._found is not None:
            return self._found
        late = f"no answer within {self._check.patience:g} s"
        return (Finding("warn", self._check.subject, late, "look at it by hand: a disk, a server or a lock is slow"),)

    def _look(self, patient: Patient) -> None:
        try:
            self._found = tuple(self._check.look(patient))
        except Exception as error:  # noqa: BLE001 # whatever a broken installation raises is what was looked for
            said = f"{type(error).__name__}: {error}"
            self._found = (Finding("fail", self._check.subject, said, "this check could not be made"),)
