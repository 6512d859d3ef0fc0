"""Metrics and gates: that they are computed, and that a good model can pass and a bad one cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

from headrace.config.composed import Composed
from headrace.config.metric_names import OTHER_NAMES, bounds, direction
from headrace.config.metric_names import names as metric_names
from headrace.config.nearest import nearest, suggestion
from headrace.config.rules.rule import Rule
from headrace.config.schema import Spec
from headrace.config.schema.modelling import BaselineGate, ThresholdGate
from headrace.errors import Diagnostic


def _metrics_fit(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.task is None:
        return
    known = metric_names(spec.task)
    for index, metric in enumerate(spec.metrics):
        place = composed.place_of(f"metrics.{index}")
        if metric not in known:
            message = f"`{metric}` is no metric of the task {spec.task}"
            yield composed.diagnostic("HR151", message, place, _suggested(metric, known))
        elif metric in spec.metrics[:index]:
            yield composed.diagnostic("HR151", f"`{metric}` is listed twice", place, "delete one of the two")


def _gates_fit(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.gates and spec.model is None:
        place = composed.key_of("gates")
        yield composed.diagnostic("HR152", "gates need a model to decide on", place, "add `model`, or delete them")
        return
    for index, gate in enumerate(spec.gates):
        place = composed.place_of(f"gates.{index}.metric")
        known = metric_names(spec.task) if spec.task else ()
        if gate.metric not in known:
            message = f"`{gate.metric}` is no metric of the task {spec.task}"
            yield composed.diagnostic("HR151", message, place, _suggested(gate.metric, known))
        elif spec.metrics and gate.metric not in {*spec.metrics, *_meant(spec.metrics, known)}:
            # without a list, every metric is computed
            message = f"the gate's metric `{gate.metric}` is not computed"
            yield composed.diagnostic("HR152", message, place, f"add {gate.metric} to `metrics`")


def _candidates(metric: str, known: Sequence[str]) -> list[str]:
    """The metrics that go by this name elsewhere, else the one that is spelled most like it."""
    plain = metric.lower().replace("-", "_").replace(" ", "_").removeprefix("neg_")
    named = [name for name in (plain, *OTHER_NAMES.get(plain, ())) if name in known]
    return named or nearest(metric, known)


def _suggested(metric: str, known: Sequence[str]) -> str:
    close = _candidates(metric, known)
    return f"did you mean {close[0]}? There are: {', '.join(sorted(known))}" if close else suggestion(metric, known)


def _meant(metrics: Sequence[str], known: Sequence[str]) -> Iterator[str]:
    """What misspelt metrics were to be: a gate on one of them is not to blame."""
    for metric in metrics:
        if metric not in known:
            yield from _candidates(metric, known)


def _bounds_make_sense(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for index, gate in _known_gates(spec):
        if isinstance(gate, ThresholdGate):
            yield from _one_threshold(spec, index, gate, composed)


def _one_threshold(spec: Spec, index: int, gate: ThresholdGate, composed: Composed) -> Iterator[Diagnostic]:
    assert spec.task is not None
    path, better = f"gates.{index}", direction(spec.task, gate.metric)
    asked, other = ("max", "min") if better == "min" else ("min", "max")
    if getattr(gate, asked) is None:
        size = "smaller" if better == "min" else "larger"
        message = f"`{other}` refuses good models: a {size} {gate.metric} is better"
        remedy = f"write {asked}: {getattr(gate, other):g}"
        yield composed.diagnostic("HR162", message, composed.key_of(f"{path}.{other}"), remedy)
    elif gate.min is not None and gate.max is not None and gate.min > gate.max:
        message = f"no value is at least {gate.min:g} and at most {gate.max:g}"
        yield composed.diagnostic("HR163", message, composed.place_of(f"{path}.min"), "swap `min` and `max`")
    low, high = bounds(gate.metric)
    for name in ("min", "max"):
        value = getattr(gate, name)
        if name == asked and value == (low if name == "min" else high):
            message = f"every model passes: {gate.metric} is {_range(low, high)}"
            place = composed.place_of(f"{path}.{name}")
            yield composed.diagnostic("HR163", message, place, "write a bound that a useless model fails", "warning")
        if value is not None and isfinite(value) and not low <= value <= high:
            message = f"{gate.metric} is never {value:g}: it is {_range(low, high)}"
            remedy = f"write {value / 100:g}" if high == 1 and 1 < value <= 100 else "write a bound within that range"
            yield composed.diagnostic("HR163", message, composed.place_of(f"{path}.{name}"), remedy)


def _range(low: float, high: float) -> str:
    if high == float("inf"):
        return f"at least {low:g}"
    return f"at most {high:g}" if low == float("-inf") else f"between {low:g} and {high:g}"


def _differences_make_sense(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for index, gate in _known_gates(spec):
        if not isinstance(gate, BaselineGate):
            continue
        low, high = bounds(gate.metric)
        for name in ("max_degradation", "min_improvement"):
            value = getattr(gate, name)
            if value is not None and value > high - low:
                message = f"two values of {gate.metric} never differ by {value:g}"
                remedy = f"write {value / 100:g}" if value <= 100 else f"write at most {high - low:g}"
                yield composed.diagnostic("HR163", message, composed.place_of(f"gates.{index}.{name}"), remedy)
        if gate.baseline == "champion" and f"gates.{index}.if_absent" not in composed.places:
            message = "without `if_absent`, a first model is refused: there is no champion to compare it with"
            remedy = "add if_absent: pass to let the first model in, or if_absent: refuse to promote it by hand"
            place = composed.place_of(f"gates.{index}.baseline")
            yield composed.diagnostic("HR164", message, place, remedy, "warning")


def _known_gates(spec: Spec) -> Iterator[tuple[int, ThresholdGate | BaselineGate]]:
    """The gates whose metric the task has; what is wrong with the others is said elsewhere."""
    known = metric_names(spec.task) if spec.task else ()
    for index, gate in enumerate(spec.gates):
        if gate.metric in known:
            yield index, gate


def _gates_twice(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], int] = {}
    for index, gate in enumerate(spec.gates):
        kind = getattr(gate, "baseline", "threshold")
        earlier = first.setdefault((gate.metric, kind), index)
        if earlier != index:
            there = composed.place_of(f"gates.{earlier}")
            message = f"a gate on `{gate.metric}` of the same kind is there already, at {there}"
            place = composed.place_of(f"gates.{index}.metric")
            yield composed.diagnostic("HR165", message, place, "make one gate of the two", "warning")


def _promotion_is_guarded(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.model is None or spec.registry is None or spec.gates:
        return
    message = "every model of this pipeline becomes the champion: there is no gate"
    remedy = "add `gates`, as in - {metric: …, baseline: naive}; or registry: null to promote nothing"
    place = composed.key_of("gates" if "gates" in composed.places else "")
    yield composed.diagnostic("HR166", message, place, remedy, "warning")


RULES: tuple[Rule, ...] = (
    _metrics_fit,
    _gates_fit,
    _bounds_make_sense,
    _differences_make_sense,
    _gates_twice,
    _promotion_is_guarded,
)
