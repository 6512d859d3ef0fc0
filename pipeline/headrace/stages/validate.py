"""validate: holds tables against their rules and says everything that does not hold, at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from headrace.config.schema.strict import Part
from headrace.config.schema.validation import TableRules
from headrace.data.checking import Outcome, check_rules
from headrace.data.rules import rules_of
from headrace.data.tables import read_columns, read_table
from headrace.errors import DataError
from headrace.stages.contract import StageContext, StageResult

_SHOWN = 10


class ValidateConfig(Part):
    """The slice of validate."""

    tables: dict[str, TableRules]


def run(ctx: StageContext) -> StageResult:
    """Write `report.json`. DataError if a rule of severity `error` does not hold; the report is written before."""
    config = ValidateConfig.model_validate(dict(ctx.config))
    report: dict[str, Any] = {}
    failed: list[tuple[str, int, Outcome]] = []
    checks = 0
    for name, rules in config.tables.items():
        rows, columns, outcomes = _checked(name, rules, ctx.inputs[name])
        report[name] = {"rows": rows, "columns": columns, "checks": [outcome.as_json() for outcome in outcomes]}
        failed.extend((name, rows, outcome) for outcome in outcomes if not outcome.passed)
        checks += len(outcomes)
    (ctx.out / "report.json").write_text(json.dumps({"tables": report}, ensure_ascii=False, indent=1, allow_nan=False))
    errors = [failure for failure in failed if failure[2].rule.severity == "error"]
    for failure in failed:
        ctx.log.warning("rule broken", severity=failure[2].rule.severity, rule=_sentence(*failure))
    if errors:
        raise _error(errors, checks)
    return StageResult({"checks": checks, "failed": 0, "warnings": len(failed)})


def _checked(name: str, rules: TableRules, path: Path) -> tuple[int, int, list[Outcome]]:
    """Rows and columns of a table, and the outcomes of its rules; only columns that have rules are read."""
    schema = read_columns(path)
    wanted = [column for column in schema if column in rules.columns or column in (rules.unique or ())]
    frame = read_table(path, wanted or schema.names()[:1])
    return frame.height, len(schema), check_rules(frame, rules_of(name, rules, schema))


def _error(errors: Sequence[tuple[str, int, Outcome]], checks: int) -> DataError:
    lines = [_sentence(*error) for error in errors[:_SHOWN]]
    if len(errors) > _SHOWN:
        lines.append(f"and {len(errors) - _SHOWN} more")
    return DataError(
        f"{len(errors)} of {checks} checks failed\n" + "\n".join(f"  {line}" for line in lines),
        remedy="mend the data; or, if it is right, the rule (severity: warn reports without stopping)",
        key=errors[0][2].rule.key,
    )


def _sentence(table: str, rows: int, outcome: Outcome) -> str:
    """One line that says what does not hold, how often, and where."""
    rule = outcome.rule
    subject = table if rule.column is None else f"{table}.{rule.column}"
    if rule.found:
        return f"{subject}: {rule.text}: {rule.found}"
    if not outcome.failures:
        return f"{subject}: {rule.text}: it has {rows}"
    pairs = zip(outcome.examples, outcome.rows, strict=True)
    where = [f"row {row}" if example is None else f"{example} in row {row}" for example, row in pairs]
    return f"{subject}: {rule.text}: {outcome.failures} of {rows} rows do not, as {', '.join(where[:3])}"
