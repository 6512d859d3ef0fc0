"""The outcome of a run in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from headrace.report import wording
from headrace.report.facts import Gate, PageFacts
from headrace.report.standing import difference

Mood = Literal["good", "bad", "neutral"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A word, and a sentence whose first part says what became of it."""

    mood: Mood
    word: str
    lead: str
    rest: str

    @property
    def sentence(self) -> str:
        """The whole of it."""
        return f"{self.lead}: {self.rest}" if self.rest else self.lead


def verdict(facts: PageFacts) -> Verdict:
    """The most important thing that can be said of this run."""
    if facts.gates is not None and not facts.gates.passed:
        return Verdict("bad", "Refused", "Refused", _refusal(facts))
    if any(not c.passed and c.severity == "error" for table in facts.validation.values() for c in table.checks):
        return Verdict("bad", "Data refused", "The data breaks its rules", _checked(facts))
    if facts.model is None:
        return Verdict("good", "Data ready", f"The data of {facts.pipeline} is ready", _data(facts))
    name = f"Version {facts.version.version} of {facts.version.name}" if facts.version else "The model"
    if facts.promotion is not None and facts.promotion.promoted:
        first = "the first " if facts.promotion.previous is None and facts.rival is None else ""
        return Verdict("good", _capital(facts.alias), f"{name} is {first}{facts.alias}", _praise(facts))
    if facts.promotion is not None:
        rest = "; ".join(part for part in (facts.promotion.reason, _praise(facts)) if part)
        return Verdict("neutral", "Not promoted", f"{name} is registered, but not {facts.alias}", rest)
    word, what = ("Registered", "is registered") if facts.version else ("Trained", "is trained, but not registered")
    return Verdict("neutral", word, f"{name} {what}", _praise(facts))


def key_metric(facts: PageFacts) -> str | None:
    """The first metric that the pipeline asks for."""
    asked = facts.configured("metrics") or ()
    scores = facts.metrics.test if facts.metrics else {}
    return next((metric for metric in (*asked, *scores) if metric in scores), None)


def naive_name(task: str | None) -> str:
    """What the naive baseline does."""
    return "a constant guess" if task == "regression" else "guessing"


def compare(gain: float, digits: int) -> str:
    """`0.012 better than`, `0.004 worse than`, `the same as`."""
    if not gain:
        return "the same as"
    # A difference that its score's decimals would hide gets more of them.
    while digits < 8 and not round(gain, digits):
        digits += 1
    return f"{wording.number(abs(gain), digits)} {'better' if gain > 0 else 'worse'} than"


def at_least(gate: Gate) -> bool:
    """Whether a gate's bound, held against its value, is the least that passes; else it is the most."""
    assert gate.value is not None
    assert gate.bound is not None
    return (gate.value >= gate.bound) == gate.passed


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _praise(facts: PageFacts) -> str:
    """The key metric against the champion before and the naive baseline."""
    metric = key_metric(facts)
    if metric is None or facts.metrics is None:
        return ""
    score, direction = facts.metrics.test[metric], facts.metrics.direction.get(metric)
    digits = wording.digits_for(score)
    parts = [f"{wording.metric_name(metric)} {wording.number(score, digits)}"]
    champion = facts.rival
    others = [(facts.metrics.baseline.get(metric), naive_name(facts.task))]
    if champion is not None:
        others.insert(0, (champion.metrics.get(metric), f"version {champion.version}"))
    for other, name in others:
        gain = difference(score, other, direction)
        if gain is not None:
            parts.append(f"{compare(gain.gain, digits)} {name}")
    return ", ".join(parts)


def _refusal(facts: PageFacts) -> str:
    assert facts.gates is not None
    failed = [gate for gate in facts.gates.gates if not gate.passed]
    parts = [_shortfall(failed[0], facts)] if failed else ["a gate said no"]
    if len(failed) > 1:
        parts.append(f"{wording.counted(len(failed) - 1, 'more gate')} refused too")
    champion = facts.gates.champion
    parts.append(f"version {champion.version} stays {facts.alias}" if champion else f"there is no {facts.alias} yet")
    return "; ".join(parts)


def _shortfall(gate: Gate, facts: PageFacts) -> str:
    """By how much a gate was missed, and whose bound it was."""
    name = wording.metric_name(gate.metric)
    if not wording.is_number(gate.value) or not wording.is_number(gate.bound):
        return gate.reason or f"{name} has no value to hold against {gate.rule or 'its gate'}"
    assert gate.value is not None
    assert gate.bound is not None
    digits = wording.digits_for(gate.value, gate.bound)
    short, end = ("short of", "least") if at_least(gate) else ("over", "most")
    gap = wording.number(abs(gate.value - gate.bound), digits)
    distance = f"{gap} {short}" if gate.value != gate.bound else "no better than"
    champion = facts.gates.champion if facts.gates else None
    rival = f"version {champion.version}" if champion else f"the {facts.alias}"
    whose = {
        "threshold": f"the gate {wording.bound(gate.bound, digits)}",
        "champion": f"{wording.number(gate.bound, digits)}, the {end} that {rival} allows",
        "naive": f"{wording.number(gate.bound, digits)}, the {end} that {naive_name(facts.task)} allows",
    }
    return f"{name} {wording.number(gate.value, digits)} is {distance} {whose[gate.kind]}"


def _data(facts: PageFacts) -> str:
    parts = []
    if facts.table is not None and facts.table.rows is not None:
        parts.append(
            f"{wording.counted(facts.table.rows, 'row')}, {wording.counted(facts.table.columns or 0, 'column')}"
        )
    elif facts.sources:
        known = [source.rows for source in facts.sources.values() if source.rows is not None]
        parts.append(f"{wording.counted(sum(known), 'row')} from {wording.counted(len(facts.sources), 'source')}")
    if facts.validation:
        parts.append(_checked(facts))
    return ", ".join(parts)


def _checked(facts: PageFacts) -> str:
    checks = [check for table in facts.validation.values() for check in table.checks]
    failed = [check for check in checks if not check.passed]
    if not failed:
        return f"{wording.counted(len(checks), 'check')} passed"
    errors = sum(check.severity == "error" for check in failed)
    parts = [f"{len(checks) - len(failed):,} of {wording.counted(len(checks), 'check')} passed"]
    if errors:
        parts.append(f"{errors:,} failed")
    if len(failed) > errors:
        parts.append(wording.counted(len(failed) - errors, "warning"))
    return ", ".join(parts)
