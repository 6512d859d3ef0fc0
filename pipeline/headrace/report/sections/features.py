"""What the model sees, how much it leans on it, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.report import wording
from headrace.report.facts import PageFacts
from headrace.report.painting.importance import ranking
from headrace.report.sections.figures import Figure, figure

#: Longer lists fold their tail.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature; `origins` is None where they are not known."""

    name: str
    kind: str
    importance: str
    origins: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Features:
    """The section."""

    features: tuple[Feature, ...]
    target: Feature | None
    positive: str | None
    unknown: int
    """Features whose origin is not known."""
    ranked: bool
    """Whether importances are known."""
    figure: Figure | None

    @property
    def shown(self) -> tuple[Feature, ...]:
        """The most important ones."""
        return self.features[:SHOWN]

    @property
    def folded(self) -> tuple[Feature, ...]:
        """The rest."""
        return self.features[SHOWN:]


def features(facts: PageFacts) -> Features | None:
    """None without a model."""
    if facts.model is None:
        return None
    kinds = dict.fromkeys(facts.model.features.numeric, "numeric")
    kinds |= dict.fromkeys(facts.model.features.categorical, "categorical")
    ranked = {name: mean for name, mean, _ in ranking(facts.curves)}
    places = {name: place for place, name in enumerate(ranked)}
    names = sorted(kinds, key=lambda name: places.get(name, len(places)))
    digits = wording.digits_for(max(map(abs, ranked.values()), default=None))
    made = tuple(
        Feature(
            name=name,
            kind=kinds[name],
            importance=wording.number(ranked.get(name), digits),
            origins=_origins(name, facts),
        )
        for name in names
    )
    target, positive = facts.model.target.column, facts.model.target.positive
    return Features(
        features=made,
        target=Feature(target, "target", "", _origins(target, facts)) if target else None,
        positive=wording.value(positive) if positive is not None else None,
        unknown=sum(feature.origins is None for feature in made),
        ranked=bool(ranked),
        figure=figure(facts, "importance"),
    )


def _origins(name: str, facts: PageFacts) -> tuple[str, ...] | None:
    """Columns of sources that a column was made of; None is unknown, an empty tuple is none at all."""
    if facts.lineage is not None:
        known = facts.lineage.get(name)
        return known.sources if known else None
    if facts.configured("dataset", "transform") is None and len(facts.sources) == 1:
        return (f"{next(iter(facts.sources))}.{name}",)  # the only source is the table
    return None
