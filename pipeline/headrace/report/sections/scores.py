"""Metrics against baseline and champion, and the gates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from headrace.report import wording
from headrace.report.facts import Direction, Gate, Metrics, PageFacts
from headrace.report.sections.verdict import at_least, compare, naive_name
from headrace.report.standing import Scale, Standing, difference, scale

_MOST_TILES = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """A score on a scale, in percent from the left."""

    kind: Literal["this", "champion", "naive"]
    name: str
    at: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a score compares with another one."""

    standing: Standing
    words: str
    other: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One metric."""

    name: str
    hint: str
    score: str
    comparisons: tuple[Comparison, ...]
    marks: tuple[Mark, ...]
    worst: str
    """Whose score the scale begins with."""


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate: its words, and its bar from the worst score to perfect."""

    passed: bool
    name: str
    rule: str
    score: str
    bound: str
    margin: str
    filled: float | None
    """Percent of the bar; None where there is nothing to draw."""
    tick: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Scores:
    """The section."""

    tiles: tuple[Tile, ...]
    naive: str
    champion: str | None
    """Name of the version that this one is held against."""
    rows: str
    table: tuple[tuple[str, ...], ...]
    """Metric, which way is better, and a score each of `columns`."""
    columns: tuple[str, ...]
    gates: tuple[GateRow, ...]


def scores(facts: PageFacts) -> Scores | None:
    """None without metrics."""
    metrics = facts.metrics
    if metrics is None or not metrics.test:
        return None
    asked = [name for name in facts.configured("metrics") or () if name in metrics.test]
    names = list(dict.fromkeys([*asked, *metrics.test]))
    champion = facts.rival
    others = {"Test": metrics.test, "Validation": metrics.validation}
    if champion is not None:
        others[f"Version {champion.version}"] = champion.metrics
    others[naive_name(facts.task).capitalize()] = metrics.baseline
    columns = {name: values for name, values in others.items() if values}
    return Scores(
        tiles=tuple(_tile(name, facts, metrics) for name in (asked or names)[:_MOST_TILES]),
        naive=naive_name(facts.task),
        champion=f"version {champion.version}" if champion else None,
        rows=wording.count(metrics.rows.get("test")),
        columns=tuple(columns),
        table=tuple(_table_row(name, metrics, list(columns.values())) for name in names),
        gates=tuple(_gate(gate, metrics) for gate in facts.gates.gates) if facts.gates else (),
    )


_HINTS = {"max": "higher is better", "min": "lower is better", None: ""}


def _table_row(name: str, metrics: Metrics, columns: list[dict[str, float | None]]) -> tuple[str, ...]:
    values = [column.get(name) for column in columns]
    digits = min(wording.digits_for(*values), 5)
    hint = {"max": "higher", "min": "lower", None: "unknown"}[metrics.direction.get(name)]
    return wording.metric_name(name), hint, *(wording.number(value, digits) for value in values)


def _tile(name: str, facts: PageFacts, metrics: Metrics) -> Tile:
    direction = metrics.direction.get(name)
    score, naive = metrics.test[name], metrics.baseline.get(name)
    champion = facts.rival
    before = champion.metrics.get(name) if champion else None
    others = [(before, f"version {champion.version}")] if champion else []
    others.append((naive, naive_name(facts.task)))
    line = scale(direction, score, before, naive)
    marks: list[Mark] = []
    if line is not None:
        known: list[tuple[Literal["this", "champion", "naive"], str, float | None]] = [
            ("naive", naive_name(facts.task), naive),
            ("champion", f"version {champion.version}" if champion else "", before),
            ("this", "this model", score),
        ]
        marks = [Mark(kind, label, line.at(v)) for kind, label, v in known if v is not None and wording.is_number(v)]
    comparisons = tuple(_comparisons(score, others, direction))
    if len(marks) < 2:
        marks = []  # one score alone stands nowhere
    worst = next((mark.name for mark in marks if mark.at == 0), "")
    return Tile(wording.metric_name(name), _HINTS[direction], wording.number(score), comparisons, tuple(marks), worst)


def _comparisons(
    score: float | None, others: list[tuple[float | None, str]], direction: Direction | None
) -> Iterator[Comparison]:
    digits = wording.digits_for(score)
    for other, name in others:
        gain = difference(score, other, direction)
        if gain is not None:
            yield Comparison(gain.standing, f"{compare(gain.gain, digits)} {name}", wording.number(other, digits))


def _gate(gate: Gate, metrics: Metrics) -> GateRow:
    direction = metrics.direction.get(gate.metric)
    digits = wording.digits_for(gate.value, gate.bound)
    line: Scale | None = None
    margin = ""
    if wording.is_number(gate.value) and wording.is_number(gate.bound):
        assert gate.value is not None
        assert gate.bound is not None
        line = scale(direction, gate.value, gate.bound, metrics.baseline.get(gate.metric))
        gain = gate.value - gate.bound if at_least(gate) else gate.bound - gate.value
        margin = f"{wording.number(abs(gain), digits)} {_margin_word(gate)}" if gain else "exactly"
    return GateRow(
        passed=gate.passed,
        name=wording.metric_name(gate.metric),
        rule=gate.rule,
        score=wording.number(gate.value, digits),
        bound=wording.bound(gate.bound, digits),
        margin=margin,
        filled=line.at(gate.value) if line and gate.value is not None else None,
        tick=line.at(gate.bound) if line and gate.bound is not None else None,
        reason=gate.reason,
    )


def _margin_word(gate: Gate) -> str:
    if gate.passed:
        return "to spare"
    return "short" if at_least(gate) else "over"
