"""Pictures, each with a sentence on how to read it and what it says here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from headrace.report import wording
from headrace.report.facts import PageFacts
from headrace.report.painting.confusion import matrix
from headrace.report.painting.ranking import base_rate
from headrace.report.painting.values import column, rows_of
from headrace.report.theming import inline

_MOST_CLASSES = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """One picture."""

    name: str
    title: str
    caption: str
    svg: str


@dataclass(frozen=True, slots=True)
class ClassRow:
    """How one class fares."""

    label: str
    rows: str
    found: str
    right: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The section; `importance` is shown with the features."""

    figures: tuple[Figure, ...]
    classes: tuple[ClassRow, ...]

    @property
    def shown(self) -> tuple[ClassRow, ...]:
        """The classes that a page lists at once."""
        return self.classes[:_MOST_CLASSES]

    @property
    def folded(self) -> tuple[ClassRow, ...]:
        """The rest."""
        return self.classes[_MOST_CLASSES:]


def figures(facts: PageFacts) -> Figures:
    """Pictures of how good the model is, in the order in which they are read."""
    made = [figure(facts, name) for name in _CAPTIONS if name != "importance"]
    classes = _classes(facts) if facts.task == "multiclass" else ()
    return Figures(tuple(one for one in made if one is not None), classes)


def figure(facts: PageFacts, name: str) -> Figure | None:
    """One picture by its name; None if the run has none."""
    svg = facts.pictures.get(name)
    if svg is None:
        return None
    title, describe = _CAPTIONS[name]
    caption = describe(facts)
    picture = inline(svg, name, f"{title}. {caption}")
    return Figure(name, title, caption, picture) if picture is not None else None


def _score(facts: PageFacts, metric: str) -> float | None:
    score = facts.metrics.test.get(metric) if facts.metrics else None
    return score if wording.is_number(score) else None


def _roc(facts: PageFacts) -> str:
    text = "Events caught for every share of false alarms."
    area = _score(facts, "roc_auc")
    if area is None:
        return text
    return (
        f"{text} Of an event and another row, picked at random, the event has the higher score {area:.0%} of the time."
    )


def _precision_recall(facts: PageFacts) -> str:
    base = base_rate(facts.curves)
    text = "How many alarms are right, as more of the events are caught."
    return f"{text} Alarms raised at random are right {wording.share(base)} of the time." if base is not None else text


def _calibration(facts: PageFacts) -> str:
    text = "Whether probabilities can be taken at their word: on the dashed line, 30% means 30 of 100."
    document = facts.curves.get("calibration")
    columns = (column(document, "predicted"), column(document, "observed"), column(document, "count", "counts"))
    bins = rows_of(*columns)
    rows = sum(size for _, _, size in bins)
    if rows <= 0:
        return text
    gap = sum(abs(predicted - observed) * size for predicted, observed, size in bins) / rows
    return f"{text} On average they are {100 * gap:.1f} percentage points apart."


def _confusion(facts: PageFacts) -> str:
    labels, counts = matrix(facts.curves.get("confusion"))
    total = sum(map(sum, counts))
    if not total:
        return "What was predicted for what was true."
    if len(labels) == 2 and facts.task == "binary":
        events, caught, alarms = sum(counts[1]), counts[1][1], counts[0][1] + counts[1][1]
        found = f"Finds {wording.share(caught / events)} of {wording.count(events)} events" if events else "No events"
        right = f"{wording.share(caught / alarms)} of its alarms are right" if alarms else "it raises no alarm"
        return f"{found}; {right}."
    hits = sum(row[i] for i, row in enumerate(counts))
    text = f"{wording.count(hits)} of {wording.count(total)} rows are right: {wording.share(hits / total)}."
    return f"{text} Shares are of the rows that truly are of a class."


def _predicted_vs_actual(facts: PageFacts) -> str:
    document = facts.curves.get("predicted_vs_actual")
    shown = len(rows_of(column(document, "actual"), column(document, "predicted")))
    return f"{wording.counted(shown, 'test row')}; on the dashed line a prediction is exact."


def _residuals(facts: PageFacts) -> str:
    text = "Left of the line predictions are too high, right of it too low."
    error = _score(facts, "mean_absolute_error")
    return f"{text} On average they are {wording.number(error)} off." if error is not None else text


def _importance(facts: PageFacts) -> str:
    metric = facts.curves.get("importance_metric")
    name = wording.metric_name(metric) if isinstance(metric, str) else "the score"
    return f"How much worse {name} gets when the values of a feature are shuffled."


#: Picture -> title and caption, in the order of the page.
_CAPTIONS: dict[str, tuple[str, Callable[[PageFacts], str]]] = {
    "roc": ("ROC curve", _roc),
    "precision_recall": ("Precision and recall", _precision_recall),
    "calibration": ("Calibration", _calibration),
    "confusion": ("Confusion", _confusion),
    "predicted_vs_actual": ("Predicted against actual", _predicted_vs_actual),
    "residuals": ("Errors", _residuals),
    "importance": ("Importance", _importance),
}


def _classes(facts: PageFacts) -> tuple[ClassRow, ...]:
    """Every class with the share of its rows that are found, and of its predictions that are right."""
    labels, counts = matrix(facts.curves.get("confusion"))
    rows = []
    for i, label in enumerate(labels):
        actual, predicted = sum(counts[i]), sum(row[i] for row in counts)
        found = wording.share(counts[i][i] / actual) if actual else wording.ABSENT
        right = wording.share(counts[i][i] / predicted) if predicted else wording.ABSENT
        rows.append(ClassRow(label, wording.count(actual), found, right))
    return tuple(rows)
