"""How Airflow runs a task: its tries, its time and its place in the queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic.fields import FieldInfo

from headrace.config.schema.exceptional import Exceptional
from headrace.config.schema.placement import Placement
from headrace.config.schema.strict import Duration, Part, as_tuple
from headrace.failures import FAILURE_KINDS, FailureKind

WeightRule = Literal["downstream", "upstream", "absolute"]

#: Kinds of failure as a YAML list.
_Kinds = Annotated[tuple[FailureKind, ...], BeforeValidator(as_tuple)]
#: A factor by which a delay grows; true stands for two, false for one.
_Factor = bool | Annotated[float, Field(ge=1, le=10)]


def _needs_value(field: FieldInfo | None) -> bool:
    return field is not None and field.default is not None


class Tries(Part):
    """How often and how long a task is tried."""

    retries: Annotated[int, Field(ge=0, le=100)] = 2
    """Tries after the first. Wrong data and wrong configuration are never tried again.

    Unit: tries
    Example: `2`
    """
    timeout: Duration = "2h"
    """The longest that one try of a stage may take.

    Unit: duration
    Example: `2h`
    """


class Retrying(Part):
    """After which failures a task is tried again, and when."""

    retry_on: _Kinds = FAILURE_KINDS
    """Failures that are tried again: a lost `connection`, something `locked`, a stage `killed` from outside or out of
    memory, one that took longer than its time (`timeout`), and all that is `unknown`.

    Example: `[connection, locked, killed]`
    """
    retry_delay: Duration = "1m"
    """Wait before the second try.

    Unit: duration
    Example: `1m`
    """
    retry_delays: dict[FailureKind, Duration] = Field(default_factory=dict)
    """Another wait, always the same, after some kinds of failure.

    Example: `{locked: 10s}`
    """
    retry_backoff: _Factor = True
    """Factor by which the delay grows with each try; true doubles it, false leaves it as it is.

    Example: `1.5`
    """
    max_retry_delay: Duration = "30m"
    """The longest wait between two tries.

    Unit: duration
    Example: `30m`
    """

    @property
    def backoff(self) -> float:
        """Factor by which the delay grows with each try."""
        return float(self.retry_backoff) + 1.0 if isinstance(self.retry_backoff, bool) else self.retry_backoff

    @field_validator("retry_on")
    @classmethod
    def _named_once(cls, value: tuple[FailureKind, ...]) -> tuple[FailureKind, ...]:
        return tuple(kind for kind in FAILURE_KINDS if kind in value)


class Queueing(Part):
    """Who takes a task, before which others, and what it waits for."""

    pool: str | None = None
    """The Airflow pool whose slots the task takes; Airflow's `default_pool` if not given.

    Example: `gpu`
    """
    pool_slots: Annotated[int, Field(ge=1)] = 1
    """Slots of the pool that the task takes.

    Unit: slots
    Example: `2`
    """
    queue: str | None = None
    """The queue that the executor's workers take the task from; the executor's own if not given.

    Example: `highmem`
    """
    executor: str | None = None
    """The executor, one of those that Airflow is set up with; Airflow's first one if not given.

    Example: `KubernetesExecutor`
    """
    priority: Annotated[int, Field(ge=1, le=10_000)] = 1
    """Weight of the task where many wait for slots: the heavier goes first.

    Unit: weight
    Example: `10`
    """
    weight_rule: WeightRule | None = None
    """What a task's weight is: its own and that of all that follow (`downstream`), of all before (`upstream`), or only
    its own (`absolute`); null: as Airflow is set up.
    """
    depends_on_past: bool = False
    """Wait until the same task of the run before has ended well."""
    wait_for_downstream: bool = False
    """Wait until the same task of the run before and the tasks right after it have ended well."""
    max_active_tis_per_dag: Annotated[int, Field(ge=1)] | None = None
    """How often the task may be under way at once, over all runs; null: as often as there are runs.

    Unit: tasks
    Example: `1`
    """


class Naming(Part):
    """Whose a task is, and what Airflow's UI says of it."""

    owner: str | None = None
    """Who answers for the task, if it is not the pipeline's owner.

    Example: `data-team`
    """
    display_name: str | None = None
    """What Airflow's UI calls the task.

    Example: `Train the model`
    """
    doc: str | None = None
    """Markdown above what Airflow's UI says of the task anyway.

    Example: `"Call the data team: [run book](https://wiki.example.com/train)"`
    """


class Execution(Queueing, Retrying, Tries):
    """How Airflow runs a task. None of it changes a result."""

    @model_validator(mode="before")
    @classmethod
    def _taken_back(cls, values: Any) -> Any:
        """Null for what must have a value takes back what another file says: the value above holds, or the default."""
        if not isinstance(values, Mapping):
            return values
        known = Execution.model_fields
        return {key: value for key, value in values.items() if value is not None or not _needs_value(known.get(key))}


class TaskExecution(Exceptional, Naming, Queueing, Retrying):
    """What is different for one task, whether it runs stages or not."""


class StageExecution(TaskExecution, Execution, Placement):
    """What is different for the stages of one kind, or for one stage. The rest is as for the others."""
