"""Where a score stands: better or worse than another one, and how far on the way to perfect."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from headrace.report.facts import Direction

Standing = Literal["better", "worse", "same"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One score against another."""

    gain: float
    """How much better, in the metric's unit; negative is worse."""

    @property
    def standing(self) -> Standing:
        """In a word."""
        return "better" if self.gain > 0 else "worse" if self.gain < 0 else "same"


def difference(score: float | None, other: float | None, direction: Direction | None) -> Difference | None:
    """None where either is absent or not finite, or nobody said which way is better."""
    if direction is None or score is None or other is None or not (math.isfinite(score) and math.isfinite(other)):
        return None
    return Difference(score - other if direction == "max" else other - score)


@dataclass(frozen=True, slots=True)
class Scale:
    """A line from the worst score shown to a perfect one; further right is always better."""

    worst: float
    best: float

    def at(self, score: float) -> float:
        """Place of a score on the line, in percent from the left."""
        span = self.best - self.worst
        if not math.isfinite(span):
            return 0.0
        return round(min(max(100 * (score - self.worst) / span, 0.0), 100.0), 2)


def scale(direction: Direction | None, *scores: float | None) -> Scale | None:
    """From the worst of these scores to the best that the metric can be; None without two different ends.

    Metrics to maximise end at 1 and errors at 0; where the scores lie beyond, at the best of them.
    """
    known = [score for score in scores if score is not None and math.isfinite(score)]
    if not known or direction is None:
        return None
    worst, best = (min(known), max(1.0, *known)) if direction == "max" else (max(known), min(0.0, *known))
    return Scale(worst, best) if worst != best else None
