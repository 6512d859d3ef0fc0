"""The one document that says what a change does: frozen, complete, and read by every renderer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from headrace.errors import Diagnostic, Place

#: Raised when the form of the JSON document changes.
FORMAT = 1

State = Literal["added", "removed", "changed", "mended", "breaks", "broken", "unchanged"]
StageFate = Literal["runs", "may run", "decides again", "reused", "removed"]
Severity = Literal["high", "medium", "low"]
GateFate = Literal["loosened", "removed", "changed", "tightened", "added"]


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value that means something else now, in every pipeline that it reaches."""

    path: str
    before: str | None
    """As it may be shown; None: it was not there."""
    after: str | None
    before_place: Place | None
    """Where it was written; None: it is the schema's default."""
    after_place: Place | None
    pipelines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StageChange:
    """What becomes of one stage when the pipeline runs next."""

    name: str
    fate: StageFate
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceRead:
    """A source that ingest reads again, or no longer."""

    name: str
    path: str
    fate: Literal["new", "changed", "read again", "removed"]
    files: int | None = None
    """None: it is not on this machine."""
    size: int | None = None
    """Bytes of all its files."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SqlChange:
    """What a transform's SQL computes otherwise. All empty: only its layout or comments changed."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    """Output columns whose expression changed."""
    rows: tuple[str, ...] = ()
    """Clauses that decide which rows there are, or what all columns are made of."""
    unknown: str = ""
    """Why no more can be said."""

    @property
    def is_layout(self) -> bool:
        """Whether the SQL still means the same."""
        return not (self.added or self.removed or self.changed or self.rows or self.unknown)


@dataclass(frozen=True, slots=True)
class Moment:
    """The start of a run, in the pipeline's time zone and in UTC, ISO 8601."""

    local: str
    utc: str


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """When a DAG runs: before and after."""

    fate: Literal["added", "removed", "renamed", "rescheduled", "by hand"]
    before: str
    after: str
    next_before: tuple[Moment, ...] = ()
    next_after: tuple[Moment, ...] = ()
    backfill: int | None = None
    """Runs for days that are past, which start as soon as the DAG does; None: none by itself."""
    backfill_is_more: bool = False
    """Counting stopped: there are more."""
    times_as_often: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GateChange:
    """A gate that lets more through, or less."""

    metric: str
    fate: GateFate
    before: str
    after: str
    better: Literal["larger", "smaller", "unknown"]
    """Which values of the metric are good."""
    place: Place | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeatureChange:
    """A column that the model sees from now on, no longer, or otherwise."""

    column: str
    fate: Literal["added", "dropped", "moved", "type", "order"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the stages that will run, from past runs on this machine's records."""

    seconds: float | None
    """Sum of the stages' medians; None: nothing is known."""
    low: float | None
    high: float | None
    runs: int
    """Runs that the least known stage was measured in."""
    unknown: tuple[str, ...] = ()
    """Stages that no run measured."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Risk:
    """Something that a reviewer should look at, and why."""

    severity: Severity
    message: str
    reason: str
    pipelines: tuple[str, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Irreversible:
    """What a revert does not take back."""

    message: str
    remedy: str
    pipelines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PipelineChange:
    """What the change does to one pipeline."""

    name: str
    state: State
    renamed_from: str | None = None
    likeness: float | None = None
    """Of a renamed pipeline: the share of values that stayed, 0 to 1."""
    retrains: bool = False
    redecides: bool = False
    """Gates decide again on scores that are there."""
    stages: tuple[StageChange, ...] = ()
    sources: tuple[SourceRead, ...] = ()
    sql: SqlChange | None = None
    schedule: ScheduleChange | None = None
    gates: tuple[GateChange, ...] = ()
    features: tuple[FeatureChange, ...] = ()
    incomparable: tuple[str, ...] = ()
    """Why scores before and after cannot be held against each other."""
    cost: Cost | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    """Of a side that does not compile, and warnings that the change brings."""

    @property
    def has_effect(self) -> bool:
        """Whether anything but the wording changes."""
        return self.state != "unchanged"


@dataclass(frozen=True, slots=True)
class Change:
    """What a change does to a project."""

    against: str
    commit: str
    when: str
    pipelines: tuple[PipelineChange, ...]
    """Those with an effect, in the order of their names."""
    unchanged: int
    values: tuple[ValueChange, ...] = ()
    risks: tuple[Risk, ...] = ()
    """The worst first."""
    irreversible: tuple[Irreversible, ...] = ()
    notes: tuple[str, ...] = field(default_factory=tuple)

    @property
    def has_effect(self) -> bool:
        """Whether any pipeline does anything else than before."""
        return bool(self.pipelines)

    @property
    def is_broken(self) -> bool:
        """Whether a pipeline does not compile after the change."""
        return any(pipeline.state in ("breaks", "broken") for pipeline in self.pipelines)

    def values_of(self, pipeline: str) -> tuple[ValueChange, ...]:
        """The values that changed in one pipeline."""
        return tuple(value for value in self.values if pipeline in value.pipelines)

    def to_json(self) -> Mapping[str, Any]:
        """The document of `headrace plan --format json`."""
        facts = {"has_effect": self.has_effect, "is_broken": self.is_broken}
        document = {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}
        return {"format": FORMAT, **facts, **document}


def _plain(value: Any) -> Any:
    if isinstance(value, Diagnostic):
        return value.as_json()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Place):
        return asdict(value)
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
