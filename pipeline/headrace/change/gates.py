"""Gates that let more models through, or fewer: a gate is the set of values that it lets pass."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from headrace.change.document import GateChange, GateFate
from headrace.config.metric_names import METRICS
from headrace.errors import Place
from headrace.plan.model import Plan

Gate = Mapping[str, Any]
_STRICTNESS = {"pass": 0, "refuse": 1}


def gate_changes(before: Plan | None, after: Plan) -> tuple[GateChange, ...]:
    """Every gate that differs, paired by metric and kind; those that let more through come first."""
    old: Sequence[Gate] = before.spec["gates"] if before else ()
    found = list(_changes(before, old, after))
    return tuple(sorted(found, key=lambda change: _ORDER[change.fate]))


_ORDER: dict[GateFate, int] = {"removed": 0, "loosened": 1, "changed": 2, "tightened": 3, "added": 4}


def text(gate: Gate) -> str:
    """A gate in a few words: `roc_auc ≥ 0.65`, `roc_auc: at most 0.005 worse than the champion`."""
    metric = gate["metric"]
    if "baseline" not in gate:
        bounds = [f"≥ {_number(gate['min'])}"] if gate["min"] is not None else []
        bounds += [f"≤ {_number(gate['max'])}"] if gate["max"] is not None else []
        return f"{metric} {' and '.join(bounds)}"
    rival = "the champion" if gate["baseline"] == "champion" else "the naive baseline"
    absent = f", {gate['if_absent']} without one" if gate["baseline"] == "champion" else ""
    if gate["min_improvement"] is not None:
        return f"{metric}: at least {_number(gate['min_improvement'])} better than {rival}{absent}"
    if gate["max_degradation"]:
        return f"{metric}: at most {_number(gate['max_degradation'])} worse than {rival}{absent}"
    return f"{metric}: no worse than {rival}{absent}"


def better(task: str | None, metric: str) -> Literal["larger", "smaller", "unknown"]:
    """Which values of a metric are good."""
    way = METRICS.get(task or "", {}).get(metric)
    return "unknown" if way is None else "larger" if way == "max" else "smaller"


def _changes(before: Plan | None, old: Sequence[Gate], after: Plan) -> Iterator[GateChange]:
    new: Sequence[Gate] = after.spec["gates"]
    waiting = list(enumerate(old))
    task = after.spec["task"]
    for index, gate in enumerate(new):
        pair = _partner(gate, waiting)
        place = after.place_of(f"gates.{index}")
        good = better(task, gate["metric"])
        if pair is None:
            yield GateChange(gate["metric"], "added", "", text(gate), good, place, _wrong_way(gate, good))
            continue
        waiting.remove(pair)
        if pair[1] != gate:
            fate, notes = _judged(pair[1], gate)
            place = _place(after, index, pair[1], gate) or place
            notes = (*notes, *_wrong_way(gate, good))
            yield GateChange(gate["metric"], fate, text(pair[1]), text(gate), good, place, notes)
    for index, gate in waiting:
        at = before.place_of(f"gates.{index}") if before else None
        yield GateChange(gate["metric"], "removed", text(gate), "", better(task, gate["metric"]), at)


def _partner(gate: Gate, waiting: Sequence[tuple[int, Gate]]) -> tuple[int, Gate] | None:
    """The gate that this one was: the same one, else the same metric and kind, else the same metric and comparison."""

    def kind(item: Gate) -> tuple[Any, ...]:
        return (item["metric"], item.get("baseline"))

    def side(item: Gate) -> tuple[Any, ...]:
        return (item["metric"], "baseline" in item)

    for alike in (
        lambda item: item == gate,
        lambda item: kind(item) == kind(gate),
        lambda item: side(item) == side(gate),
    ):
        found = next((pair for pair in waiting if alike(pair[1])), None)
        if found is not None:
            return found
    return None


def _place(plan: Plan, index: int, old: Gate, new: Gate) -> Place | None:
    """The place of the first value of a gate that differs."""
    keys = [key for key in new if old.get(key) != new[key] and f"gates.{index}.{key}" in plan.places]
    return plan.places[f"gates.{index}.{keys[0]}"] if keys else None


def _judged(old: Gate, new: Gate) -> tuple[GateFate, tuple[str, ...]]:
    votes = set(_votes(old, new))
    notes = tuple(_notes(old, new))
    if votes == {-1}:
        return "loosened", notes
    if votes == {1}:
        return "tightened", notes
    return "changed", notes


def _votes(old: Gate, new: Gate) -> Iterator[int]:
    """-1 for each way in which the new gate lets more through, 1 for each in which it lets less."""
    if "baseline" not in new:
        yield from _vote(_bound(new["min"], -math.inf) - _bound(old["min"], -math.inf))
        yield from _vote(_bound(old["max"], math.inf) - _bound(new["max"], math.inf))
        return
    yield from _vote(_asked(new) - _asked(old))
    if old["baseline"] != new["baseline"]:
        yield 1 if new["baseline"] == "champion" else -1
    elif new["baseline"] == "champion":
        yield from _vote(_STRICTNESS[new["if_absent"]] - _STRICTNESS[old["if_absent"]])


def _vote(difference: float) -> Iterator[int]:
    if difference and not math.isnan(difference):
        yield 1 if difference > 0 else -1


def _bound(value: float | None, open_end: float) -> float:
    return open_end if value is None else value


def _asked(gate: Gate) -> float:
    """How much better than the other model it must be; negative: how much worse it may be."""
    return float(gate["min_improvement"] if gate["min_improvement"] is not None else -gate["max_degradation"])


def _notes(old: Gate, new: Gate) -> Iterator[str]:
    if "baseline" not in new:
        return
    if old["baseline"] != new["baseline"]:
        yield f"compares with the {_rival(new)}, no longer with the {_rival(old)}"
    if old["if_absent"] != new["if_absent"] and new["baseline"] == "champion":
        passes = new["if_absent"] == "pass"
        yield f"without a champion the first model is {'promoted unseen' if passes else 'refused'}"


def _rival(gate: Gate) -> str:
    return "champion" if gate["baseline"] == "champion" else "naive baseline"


def _wrong_way(gate: Gate, good: str) -> tuple[str, ...]:
    """A bound on the side that nobody fears."""
    if "baseline" in gate:
        return ()
    if good == "smaller" and gate["max"] is None:
        return (f"smaller is better for {gate['metric']}, so a minimum lets bad models through",)
    if good == "larger" and gate["min"] is None:
        return (f"larger is better for {gate['metric']}, so a maximum lets bad models through",)
    return ()


def _number(value: float) -> str:
    return f"{value:g}"
