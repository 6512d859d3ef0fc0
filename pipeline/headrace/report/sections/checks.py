"""What was checked on the data, and what did not hold."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.report import wording
from headrace.report.facts import Check, PageFacts, TableChecks

_LONGEST_EXAMPLE = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """A check that did not hold."""

    severity: str
    column: str
    check: str
    failures: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """One table."""

    name: str
    rows: str
    total: int
    problems: tuple[Problem, ...]
    passed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checks:
    """The section."""

    tables: tuple[Checked, ...]
    passed: int
    warnings: int
    errors: int


def checks(facts: PageFacts) -> Checks | None:
    """None in a pipeline that checks nothing."""
    every = [check for table in facts.validation.values() for check in table.checks]
    if not every:
        return None
    failed = [check for check in every if not check.passed]
    errors = sum(check.severity == "error" for check in failed)
    return Checks(
        tables=tuple(_table(name, table) for name, table in facts.validation.items() if table.checks),
        passed=len(every) - len(failed),
        warnings=len(failed) - errors,
        errors=errors,
    )


def _table(name: str, table: TableChecks) -> Checked:
    failed = sorted((check for check in table.checks if not check.passed), key=lambda check: check.severity == "warn")
    return Checked(
        name=name,
        rows=wording.count(table.rows),
        total=len(table.checks),
        problems=tuple(_problem(check, table.rows) for check in failed),
        passed=tuple(f"{check.column or 'whole table'}: {check.check}" for check in table.checks if check.passed),
    )


def _problem(check: Check, rows: int | None) -> Problem:
    count = check.failures
    part = f" ({wording.share(count / rows)})" if count and rows and count <= rows else ""
    return Problem(
        severity=check.severity,
        column=check.column or "whole table",
        check=check.check,
        failures=f"{wording.counted(count, 'row')}{part}" if count else "",
        examples=tuple(_cut(wording.value(example)) for example in check.examples),
    )


def _cut(text: str) -> str:
    if text == "":
        return "(empty text)"
    return text if len(text) <= _LONGEST_EXAMPLE else f"{text[: _LONGEST_EXAMPLE - 1]}…"
