"""What runs are held to, and how the DAG appears: that each value has an effect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from headrace.clock import parse_duration
from headrace.config.composed import Composed
from headrace.config.nearest import suggestion
from headrace.config.rules.rule import Rule
from headrace.config.schema import Spec
from headrace.errors import Diagnostic


def _links_have_owners(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    owners = [spec.owner, *(stage.owner for stage in spec.runtime.stages.values() if stage.owner)]
    for owner in spec.dag.links:
        if owner not in owners:
            place = composed.key_of(f"dag.links.{owner}")
            message = f"a link of `{owner}`, who owns nothing here"
            yield composed.diagnostic("HR330", message, place, suggestion(owner, owners), "warning")


def _runs_may_take_as_long_as_their_stages(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.dag.timeout is None:
        return
    longest, path = max(_timeouts(spec))
    if parse_duration(spec.dag.timeout) < longest:
        message = f"a run may take {spec.dag.timeout}, and one try of a stage longer, as {path} says"
        remedy = f"write a longer `dag.timeout`, or a shorter `{path}`"
        yield composed.diagnostic("HR331", message, composed.place_of("dag.timeout"), remedy, "warning")


def _timeouts(spec: Spec) -> Iterator[tuple[timedelta, str]]:
    yield parse_duration(spec.runtime.timeout), "runtime.timeout"
    for name, stage in spec.runtime.stages.items():
        if "timeout" in stage.written:
            yield parse_duration(stage.timeout), f"runtime.stages.{name}.timeout"


def _deadlines_can_be_missed(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.dag.deadlines and not spec.notify and not composed.is_of_environment("notify"):
        message = "nobody hears that a run is late: `notify` names nobody"
        yield composed.diagnostic("HR332", message, composed.place_of("dag.deadlines"), "add `notify`", "warning")
    for index, deadline in enumerate(spec.dag.deadlines):
        path = f"dag.deadlines.{index}"
        if "runs" in deadline.model_fields_set and deadline.after != "average":
            message = f"`runs` has no effect on a deadline after {deadline.after}"
            place = composed.key_of(f"{path}.runs")
            yield composed.diagnostic("HR332", message, place, "delete it, or write `after: average`", "warning")
        if deadline.after == "queued" and _is_ended_before(spec, deadline.within):
            message = f"a run is ended after {spec.dag.timeout}, so it is never late after {deadline.within}"
            place = composed.place_of(f"{path}.within")
            yield composed.diagnostic("HR332", message, place, "write less than `dag.timeout`", "warning")


def _is_ended_before(spec: Spec, within: str) -> bool:
    return spec.dag.timeout is not None and parse_duration(spec.dag.timeout) <= parse_duration(within)


RULES: tuple[Rule, ...] = (_links_have_owners, _runs_may_take_as_long_as_their_stages, _deadlines_can_be_missed)
