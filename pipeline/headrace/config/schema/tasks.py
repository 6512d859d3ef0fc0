"""What else a run does, besides its stages: operators, sensors and functions of the project."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from headrace.config.schema.execution import TaskExecution
from headrace.config.schema.strict import Duration, Part, as_tuple
from headrace.config.schema.triggers import check_identity

TriggerRule = Literal[
    "all_success",
    "all_failed",
    "all_done",
    "all_done_min_one_success",
    "all_skipped",
    "one_success",
    "one_failed",
    "one_done",
    "none_failed",
    "none_failed_min_one_success",
    "none_skipped",
    "always",
]


def _as_names(value: Any) -> Any:
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


def _import_path(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", value):
        raise ValueError(f"{value[:80]!r} is no import path: write modules and name, as in shop.hooks.refresh")
    return value


def _argument(value: str) -> str:
    if not value.isidentifier():
        raise ValueError(f"{value[:80]!r} is no argument: write the name of one that is expanded")
    return value


def _asset(value: str) -> str:
    check_identity(value)
    if "://" in value and not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*://.+", value, re.DOTALL):
        raise ValueError(f"{value[:80]!r} is no URI: write a scheme and what it leads to, as in s3://lake/report.csv")
    return value


class WholeAsset(Part):
    """An asset by all that it is known by."""

    name: Annotated[str, Field(min_length=1), AfterValidator(_asset)]
    """The asset's name in Airflow.

    Example: `report`
    """
    uri: Annotated[str, Field(min_length=1), AfterValidator(_asset)]
    """The asset's URI.

    Example: `s3://lake/report.csv`
    """


#: Names, URIs, or both of each asset.
Assets = Annotated[tuple[Annotated[str, AfterValidator(_asset)] | WholeAsset, ...], BeforeValidator(as_tuple)]
#: One name, or a list of names.
OneOrMore = Annotated[tuple[str, ...], BeforeValidator(_as_names)]
ImportPath = Annotated[str, AfterValidator(_import_path)]


class Work(Part):
    """What a task does that runs no stage, and among which others."""

    operator: ImportPath | None = None
    """Import path of an operator or sensor.

    Example: `airflow.providers.standard.sensors.filesystem.FileSensor`
    """
    function: ImportPath | None = None
    """Import path of a function in the project's `src/`, plain or decorated with one of Airflow's `@task`s.

    Example: `shop.hooks.refresh`
    """
    args: dict[str, Any] = Field(default_factory=dict)
    """What the operator or function is told. `{from: TASK}` is what that task returned, `{run: as_of}` a fact of the
    run (`run_id`, `as_of`, `partition`). A duration is written as in `30m` where the parameter is one.

    Example: `{filepath: /data/in.csv, poke_interval: 30s}`
    """
    expand: dict[str, Any] = Field(default_factory=dict)
    """Arguments of which each copy of the task gets one value: lists, or `{from: TASK}`. `args` are the same for all.

    Example: `{city: [Berlin, Paris]}`
    """
    expand_kwargs: list[dict[str, Any]] | dict[str, Any] | None = None
    """Sets of arguments, one for each copy of the task: a list of mappings, or `{from: TASK}`.

    Example: `[{city: Berlin, days: 7}, {city: Paris, days: 3}]`
    """
    map_index: Annotated[str, AfterValidator(_argument)] | None = None
    """The expanded argument whose value names each copy in Airflow's pages.

    Example: `city`
    """
    before: OneOrMore = ()
    """Stages or tasks that wait for this one.

    Example: `ingest`
    """
    after: OneOrMore = ()
    """Stages or tasks that this one waits for.

    Example: `[gate, register]`
    """
    group: str | None = None
    """The box that Airflow draws it in.

    Example: `hand_over`
    """
    inlets: Assets = ()
    """Assets that it reads, `{name, uri}`, for Airflow's lineage. A text alone is both, name and URI.

    Example: `[{name: cities, uri: "s3://lake/cities.csv"}]`
    """
    outlets: Assets = ()
    """Assets that it updates, `{name, uri}`: what is scheduled on them runs then. A text alone is both, name and URI.

    Example: `[{name: report, uri: "s3://lake/report.csv"}]`
    """
    trigger_rule: TriggerRule = "all_success"
    """How those before it must have ended."""
    role: Literal["setup", "teardown"] | None = None
    """`setup`: what comes after it needs it, also when that alone is run again. `teardown`: runs however those before
    it ended, unless a setup among them did not succeed; a run does not fail with it.

    Example: `teardown`
    """
    retries: Annotated[int, Field(ge=0)] | None = None
    """Tries after the first; none: as its decorator or Airflow's settings say. Only you know if it may be repeated.

    Unit: tries
    Example: `2`
    """
    timeout: Duration | None = None
    """The longest that one try may take; none: as long as it needs.

    Unit: duration
    Example: `10m`
    """


class AddedTask(TaskExecution, Work):
    """One task beside the stages. Texts in it are texts: Airflow fills in no template."""

    @classmethod
    def exceptions(cls) -> frozenset[str]:
        """What any task may say of how it is run."""
        return frozenset(TaskExecution.model_fields)

    @model_validator(mode="after")
    def _one_thing(self) -> AddedTask:
        if (self.operator is None) == (self.function is None):
            raise ValueError("a task is either an `operator` or a `function`: write one of them")
        if self.expand and self.expand_kwargs is not None:
            raise ValueError("`expand` and `expand_kwargs` are two ways to say it: keep one")
        if self.role == "teardown" and self.trigger_rule != "all_success":
            raise ValueError("a teardown has a `trigger_rule` of its own: delete this one")
        return self


Tasks = dict[str, AddedTask]
