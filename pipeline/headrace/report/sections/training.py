"""The estimator, its parameters, and how training went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from headrace.report import wording
from headrace.report.facts import PageFacts

_MOST_POINTS = 200
_WIDTH, _HEIGHT = 320.0, 120.0


@dataclass(frozen=True, slots=True)
class Curve:
    """A loss by round, as the points of a line in a box of 320 by 120."""

    name: str
    points: str
    first: str
    last: str
    """The loss of the best round; of the last one if that is not known."""
    best: tuple[float, float] | None
    """Where the best round is."""
    rounds: int


@dataclass(frozen=True, slots=True)
class Training:
    """The section."""

    estimator: str
    facts: tuple[tuple[str, str], ...]
    chosen: tuple[tuple[str, str], ...]
    """Parameters that the configuration sets."""
    others: tuple[tuple[str, str], ...]
    requirements: tuple[str, ...]
    curve: Curve | None


def training(facts: PageFacts) -> Training | None:
    """None without a model."""
    model = facts.model
    if model is None:
        return None
    asked = facts.configured("model", "params") or {}
    params = {name: wording.value(value) for name, value in model.params.items()}
    chosen = tuple((name, params.get(name, wording.value(value))) for name, value in asked.items())
    others = tuple((name, value) for name, value in params.items() if name not in asked)
    return Training(
        estimator=model.estimator,
        facts=tuple(_facts(facts)),
        chosen=chosen or others,
        others=others if chosen else (),
        requirements=model.requirements,
        curve=_curve(facts),
    )


def _facts(facts: PageFacts) -> Iterator[tuple[str, str]]:
    assert facts.model is not None
    done = facts.model.training
    rows = facts.metrics.rows.get("train") if facts.metrics else None
    if rows is None and facts.split is not None:
        rows = facts.split.rows.get("train")
    if rows is not None:
        yield "Trained on", wording.counted(rows, "row")
    names = facts.model.features
    yield "Features", f"{len(names.numeric)} numeric, {len(names.categorical)} categorical"
    if facts.fit_seconds is not None:
        yield "Fitting took", wording.seconds(facts.fit_seconds)
    if done.best_iteration is not None:
        yield "Best round", wording.count(done.best_iteration + 1)  # rounds are counted from 0
    seed = facts.configured("seed")
    if seed is not None:
        yield "Seed", wording.value(seed)


def _curve(facts: PageFacts) -> Curve | None:
    """The last series of the history: the one that early stopping watches."""
    assert facts.model is not None
    series = [(name, values) for name, values in _series(facts.model.training.history, "") if len(values) > 1]
    if not series:
        return None
    name, values = series[-1]
    low, high = min(values), max(values)
    if not wording.is_number(high - low):
        return None
    step = max(1, -(-len(values) // _MOST_POINTS))

    def point(i: int) -> tuple[float, float]:
        height = (values[i] - low) / (high - low) if high > low else 0.5
        return round(i / (len(values) - 1) * _WIDTH, 1), round((1 - height) * _HEIGHT, 1)

    shown = sorted({*range(0, len(values), step), len(values) - 1})
    best = facts.model.training.best_iteration
    return Curve(
        name=name,
        points=" ".join(f"{x:g},{y:g}" for x, y in map(point, shown)),
        first=wording.number(values[0]),
        last=wording.number(values[best] if best is not None and 0 <= best < len(values) else values[-1]),
        best=point(best) if best is not None and 0 <= best < len(values) else None,
        rounds=len(values),
    )


def _series(history: Any, name: str) -> Iterator[tuple[str, list[float]]]:
    """Every list of finite numbers in the history, with the names that lead to it."""
    if isinstance(history, Mapping):
        for key, value in history.items():
            yield from _series(value, f"{name} {key}".strip().replace("_", " "))
    elif isinstance(history, list | tuple) and history and all(map(wording.is_number, history)):
        yield name or "loss", [float(value) for value in history]
