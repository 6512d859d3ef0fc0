"""gate: whether a trained model may take over. It fails closed: what cannot be compared is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from headrace.config import metric_names
from headrace.config.schema.modelling import BaselineGate, Features, Gates, Target, Task, ThresholdGate
from headrace.config.schema.strict import Names
from headrace.errors import DataError, HeadraceError, ServiceError
from headrace.registry import UnusableModelError, find_champion, version_files
from headrace.stages.contract import StageContext, StageResult
from headrace.stages.tracked import RegistryPart, settings_of

if TYPE_CHECKING:
    from headrace.registry import ModelFiles

#: Differences below this come from arithmetic, not from models.
_ROUNDING = 1e-12


class GateConfig(RegistryPart):
    """The slice of the configuration that decides what is good enough."""

    task: Task
    target: Target
    metrics: Names = ()
    gates: Gates


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one gate says."""

    metric: str
    kind: Literal["threshold", "champion", "naive"]
    rule: str
    value: float | None
    bound: float | None
    """What the value is held against."""
    passed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Rival:
    """Whom a candidate is compared with."""

    name: str
    """How a reason speaks of it."""
    metrics: Mapping[str, float | None]
    version: str = ""
    is_candidate: bool = False
    unusable: str = ""
    """Why it has no metrics."""
    is_later: bool = False
    """It looks from a later moment than the candidate's run: it may have seen the rows that it would be judged on."""


def run(ctx: StageContext) -> StageResult:
    """Hold the metrics of `metrics` (metrics.json) against every gate, and the champion's on the same rows of `test`.

    Writes `gates.json`. Raises ServiceError when the registry cannot be asked.
    """
    config = GateConfig.model_validate(ctx.config)
    scores = json.loads(ctx.inputs["metrics"].read_text(encoding="utf-8"))
    champion = _champion(ctx, config, scores["test"])
    naive = Rival("the naive baseline", scores.get("baseline", {}))
    verdicts = [_verdict(gate, config.task, scores["test"], champion, naive) for gate in config.gates]
    passed = all(verdict.passed for verdict in verdicts)
    document = {
        "passed": passed,
        "gates": [asdict(verdict) for verdict in verdicts],
        "champion": {"version": champion.version, "metrics": dict(champion.metrics)} if champion else None,
    }
    (ctx.out / "gates.json").write_text(json.dumps(document, indent=1, allow_nan=False), encoding="utf-8")
    return StageResult(facts=document, refused=not passed)


def threshold_verdict(gate: ThresholdGate, test: Mapping[str, float | None]) -> Verdict:
    """A gate with a minimum, a maximum or both; each bound itself is good enough."""
    value = _finite(test.get(gate.metric))
    low, high = gate.min, gate.max
    texts = [f"{sign} {_short(bound)}" for sign, bound in (("≥", low), ("≤", high)) if bound is not None]
    rule = f"{gate.metric} {' and '.join(texts)}"
    if value is None:
        bound = low if low is not None else high
        return Verdict(
            gate.metric, "threshold", rule, None, bound, False, f"{gate.metric} has no value on the test part"
        )
    too_high = high is not None and value > high
    bound = high if low is None or too_high else low
    assert bound is not None
    passed = not too_high and (low is None or value >= low)
    name = "minimum" if bound == low else "maximum"
    reason = f"{gate.metric} {_compared(value, bound, 'above', 'below')} the {name} {_short(bound)}"
    return Verdict(gate.metric, "threshold", rule, value, bound, passed, reason)


def baseline_verdict(gate: BaselineGate, task: Task, test: Mapping[str, float | None], rival: Rival | None) -> Verdict:
    """A gate that compares with the champion or the naive baseline; `rival` is None where there is no champion."""
    metric, value = gate.metric, _finite(test.get(gate.metric))
    if metric not in metric_names.METRICS[task]:
        return _refused(gate, metric, value, f"{metric} is not a metric of the task {task}")
    sign = 1.0 if metric_names.direction(task, metric) == "max" else -1.0
    margin = gate.min_improvement if gate.min_improvement is not None else -gate.max_degradation
    rule = _rule(gate, sign, margin)
    if value is None:
        return _refused(gate, rule, None, f"{metric} has no value on the test part")
    if rival is None or rival.is_later:
        passed = gate.if_absent == "pass"
        why = f"{rival.name} looks from a later moment than this run" if rival else "there is no champion yet"
        return Verdict(metric, gate.baseline, rule, value, None, passed, f"{why}, and if_absent is {gate.if_absent}")
    if rival.is_candidate:
        reason = f"this model is {rival.name} itself"
        return Verdict(metric, gate.baseline, rule, value, value, True, reason)
    other = _finite(rival.metrics.get(metric))
    if other is None:
        return _refused(gate, rule, value, rival.unusable or f"{rival.name} has no {metric} on these rows")
    bound = other + sign * margin
    passed = sign * (value - bound) >= -_ROUNDING * max(1.0, abs(bound))
    return Verdict(metric, gate.baseline, rule, value, bound, passed, _comparison(gate, value, other, sign, rival))


def _champion(ctx: StageContext, config: GateConfig, test: Mapping[str, float | None]) -> Rival | None:
    """The champion that was looked at when the key was made, with its metrics on the candidate's test rows."""
    seen = ctx.observed.get("champion")
    if seen is None:
        return None
    settings, registry = settings_of(ctx), config.registry
    if seen == "self":
        known = find_champion(settings, registry.name, registry.alias)
        return Rival("the champion", test, known.version if known else "", is_candidate=True)
    version = str(seen["version"])
    name = f"the champion (version {version})"
    if ctx.observed.get("later"):
        return Rival(name, {}, version, is_later=True)
    score = _scoring(ctx, config, tuple(test))
    try:
        with version_files(settings, registry.name, version) as files:
            return Rival(name, score(files), version)
    except ServiceError as error:
        if not isinstance(error, UnusableModelError):
            raise  # the registry may answer the next time
        reason = error.message
    except Exception as error:  # noqa: BLE001 - whatever keeps it from being scored, the answer is no
        reason = error.message if isinstance(error, HeadraceError) else f"{type(error).__name__}: {error}"
    ctx.log.warning("the champion cannot be scored", version=version, error=reason)
    return Rival(name, {}, version, unusable=f"{name} cannot be scored on these rows: {reason}")


def _scoring(
    ctx: StageContext, config: GateConfig, names: tuple[str, ...]
) -> Callable[[ModelFiles], Mapping[str, float | None]]:
    """How a champion is scored: by its own description of its inputs, on the candidate's test rows."""
    from headrace.models.metrics import score_metrics
    from headrace.models.table import read_part

    candidate = json.loads(ctx.inputs["model_info"].read_text(encoding="utf-8"))

    def score(files: ModelFiles) -> Mapping[str, float | None]:
        scorer = files.scorer()
        info = scorer.info
        if _event(info) != _event(candidate):
            raise DataError(f"it predicts another target: {_event(info)}, not {_event(candidate)}")
        frame = read_part(
            ctx.inputs["test"], "test", config.target, Features.model_validate_json(json.dumps(info["features"]))
        )
        return score_metrics(scorer, frame, config.task, names, info)

    return score


def _event(info: Mapping[str, Any]) -> str:
    """What a model predicts: two that differ in it have nothing to compare."""
    column = info["target"]["column"]
    return f"{column} = {info['labels'][1]}" if info["task"] == "binary" else f"{column} ({info['task']})"


def _verdict(
    gate: ThresholdGate | BaselineGate,
    task: Task,
    test: Mapping[str, float | None],
    champion: Rival | None,
    naive: Rival,
) -> Verdict:
    if isinstance(gate, ThresholdGate):
        return threshold_verdict(gate, test)
    return baseline_verdict(gate, task, test, champion if gate.baseline == "champion" else naive)


def _refused(gate: BaselineGate, rule: str, value: float | None, reason: str) -> Verdict:
    return Verdict(gate.metric, gate.baseline, rule, value, None, False, reason)


def _rule(gate: BaselineGate, sign: float, margin: float) -> str:
    """`roc_auc ≥ champion - 0.005`, or for a metric of which less is better `log_loss ≤ champion + 0.005`."""
    allowed = sign * margin
    shift = "" if not allowed else f" {'+' if allowed > 0 else '-'} {_short(abs(allowed))}"
    return f"{gate.metric} {'≥' if sign > 0 else '≤'} {gate.baseline}{shift}"


def _comparison(gate: BaselineGate, value: float, other: float, sign: float, rival: Rival) -> str:
    """`roc_auc 0.69 is 0.02 worse than the champion (version 3)'s 0.71; 0.005 is allowed`."""
    better = sign * (value - other) > 0
    way = "better than" if better else "worse than"
    digits = _digits(value, other)
    text = f"{gate.metric} {_compared(value, other, way, way)} {rival.name}'s {other:.{digits}g}"
    if gate.min_improvement is not None:
        return f"{text}; it must be better by {_short(gate.min_improvement)}"
    return text if better or value == other else f"{text}; {_short(gate.max_degradation)} is allowed"


def _compared(value: float, bound: float, above: str, below: str) -> str:
    """`0.612 is 0.038 below`."""
    if value == bound:
        return f"{_short(value)} equals"
    return f"{value:.{_digits(value, bound)}g} is {abs(value - bound):.3g} {above if value > bound else below}"


def _digits(value: float, other: float) -> int:
    """As many significant digits as it takes to tell two numbers apart, and no fewer than four."""
    return next((d for d in range(4, 17) if f"{value:.{d}g}" != f"{other:.{d}g}"), 17)


def _short(number: float) -> str:
    return f"{number:.6g}"


def _finite(value: float | None) -> float | None:
    """The value, or None for what no comparison holds of: missing, NaN, infinite."""
    return float(value) if value is not None and math.isfinite(value) else None
