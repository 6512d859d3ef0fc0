"""How stages are run: that the stages exist, and that their tries and delays make sense."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.clock import parse_duration
from headrace.config.composed import Composed
from headrace.config.nearest import suggestion
from headrace.config.rules.rule import Rule
from headrace.config.schema import Spec
from headrace.config.schema.execution import Execution
from headrace.config.stage_names import OWN_NAMES, STAGE_NAMES
from headrace.errors import Diagnostic

_STAGES = "runtime.stages"


def _stages_exist(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for name in spec.runtime.stages:
        if name not in STAGE_NAMES:
            place = composed.key_of(f"{_STAGES}.{name}")
            yield composed.diagnostic("HR320", f"there is no stage `{name}`", place, suggestion(name, STAGE_NAMES))


def _delays_are_in_order(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Of the exceptions; a pipeline's own delays are looked at beside its schedule."""
    for key, stage in _exceptions(spec):
        if stage.retries and parse_duration(stage.max_retry_delay) < parse_duration(stage.retry_delay):
            message = f"the longest delay, {stage.max_retry_delay}, is shorter than the first one, {stage.retry_delay}"
            place = composed.place_of(_written(spec, key, "max_retry_delay", "retry_delay"))
            yield composed.diagnostic("HR177", message, place, "write a longer `max_retry_delay`", "warning")


def _retries_have_a_reason(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for key, stage in [("", spec.runtime), *_exceptions(spec)]:
        if stage.retries and not stage.retry_on:
            message = f"no failure is tried again, in spite of `retries: {stage.retries}`"
            place = composed.place_of(_written(spec, key, "retry_on", "retries"))
            yield composed.diagnostic("HR321", message, place, "name failures in `retry_on`", "warning")
        for kind in stage.retry_delays:
            if kind not in stage.retry_on and stage.retry_on:
                message = f"a delay after `{kind}`, which is not tried again"
                place = composed.place_of(f"{_written(spec, key, 'retry_delays', 'retry_on')}.{kind}")
                yield composed.diagnostic("HR321", message, place, f"add {kind} to `retry_on`", "warning")


def _delays_have_retries(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Where `retries: 0` stands beside what is said of tries. Of different files, one may take back the other's."""
    at_all = composed.places.get("runtime.retries")
    for key in _OF_TRIES if spec.runtime.retries == 0 else ():
        place = composed.places.get(f"runtime.{key}")
        if place is not None and at_all is not None and place.file == at_all.file and getattr(spec.runtime, key):
            yield _never_tried(composed, f"runtime.{key}")
    for path, stage in _exceptions(spec):
        written = spec.runtime.stages[path.rpartition(".")[2]].written
        for key in _OF_TRIES if stage.retries == 0 else ():
            if written.get(key):
                yield _never_tried(composed, f"{path}.{key}")


def _never_tried(composed: Composed, path: str) -> Diagnostic:
    message = f"`{path.rpartition('.')[2]}` has no effect: with `retries: 0` nothing is tried again"
    return composed.diagnostic("HR321", message, composed.key_of(path), "delete it, or write more `retries`", "warning")


#: Keys that mean nothing without retries.
_OF_TRIES = ("retry_on", "retry_delay", "retry_delays")


def _exceptions(spec: Spec) -> Iterator[tuple[str, Execution]]:
    """Path of each exception, and how such stages are run."""
    for name in spec.runtime.stages:
        yield f"{_STAGES}.{name}", spec.runtime.of_stage(OWN_NAMES.get(name, name), name)


def _written(spec: Spec, path: str, *keys: str) -> str:
    """The path of the first of these keys that an exception has; else of the first that the pipeline has."""
    exception = spec.runtime.stages[path.rpartition(".")[2]] if path else None
    for key in keys:
        if exception is not None and key in exception.written:
            return f"{path}.{key}"
    return f"runtime.{keys[0]}"


RULES: tuple[Rule, ...] = (_stages_exist, _delays_are_in_order, _retries_have_a_reason, _delays_have_retries)
