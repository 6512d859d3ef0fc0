"""What can start a run besides cron: assets, other pipelines, a timetable of one's own; and what holds runs back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from headrace.config.schema.strict import Day, Duration, Part


def as_tuple(value: Any) -> Any:
    """A YAML list as a tuple; anything else stays for the schema to judge."""
    return tuple(value) if isinstance(value, list) else value


def _as_list(value: Any) -> Any:
    """One mapping stands for a list of it."""
    return (value,) if isinstance(value, dict) else as_tuple(value)


def _named(value: Any) -> Any:
    is_list = isinstance(value, list)
    if isinstance(value, str):
        check_identity(value)
    if is_list:
        raise ValueError("a list of assets says not whether all or any must change: write {all: […]} or {any: […]}")
    return value


def check_identity(text: str) -> None:
    """What Airflow takes for no asset."""
    if not text.strip():
        raise ValueError("an asset has a name, or a URI with `://`")
    if text in ("self", "context") or text.lower().startswith("airflow:"):
        raise ValueError(f"{text!r} is a name that Airflow keeps for itself")


class AssetTerm(Part):
    """One asset, by its name, its URI or both; or whatever an alias stands for."""

    name: Annotated[str, Field(min_length=1)] | None = None
    """The asset's name in Airflow.

    Example: `orders`
    """
    uri: Annotated[str, Field(min_length=1)] | None = None
    """The asset's URI.

    Example: `s3://warehouse/orders`
    """
    alias: Annotated[str, Field(min_length=1)] | None = None
    """The name of an asset alias: every asset that a task emits under it counts.

    Example: `daily_orders`
    """

    @model_validator(mode="after")
    def _one_kind(self) -> AssetTerm:
        for text in filter(None, (self.name, self.uri, self.alias)):
            check_identity(text)
        kinds = [word for word in ("alias", "all", "any") if getattr(self, word, None)]
        if self.name or self.uri:
            kinds.append("name or uri")
        if len(kinds) != 1:
            raise ValueError(
                "write one of: a name, {name, uri}, {alias}, {all: […]}, {any: […]}"
                + (f"; here are {' and '.join(kinds)}" if kinds else "")
            )
        return self


_Terms = Annotated[tuple[Annotated[str | AssetTerm, BeforeValidator(_named)], ...], BeforeValidator(as_tuple)]


class AssetGroup(AssetTerm):
    """An asset, or several of which all or any must change."""

    all: _Terms = ()
    """Assets that must all have changed.

    Example: `[orders, customers]`
    """
    any: _Terms = ()
    """Assets of which one must have changed.

    Example: `[orders, customers]`
    """


_Groups = Annotated[tuple[Annotated[str | AssetGroup, BeforeValidator(_named)], ...], BeforeValidator(as_tuple)]


class AssetCondition(AssetTerm):
    """When data starts a run: one asset, or conditions on several, nested twice at most."""

    all: _Groups = ()
    """What must all have changed since the last run.

    Example: `[orders, {any: [prices, rates]}]`
    """
    any: _Groups = ()
    """What of which one must have changed since the last run.

    Example: `[orders, {all: [prices, rates]}]`
    """


#: An asset's name, its URI, or a condition on several.
Assets = Annotated[str | AssetCondition, BeforeValidator(_named)]


class Dependency(Part):
    """Another pipeline's product: a run starts when it is new."""

    model: Annotated[str, Field(min_length=1)] | None = None
    """The pipeline whose newly promoted model starts a run.

    Example: `flight_delays`
    """
    dataset: Annotated[str, Field(min_length=1)] | None = None
    """The pipeline whose newly prepared and validated table starts a run.

    Example: `flights`
    """

    @model_validator(mode="after")
    def _one_product(self) -> Dependency:
        if (self.model is None) == (self.dataset is None):
            raise ValueError("write {model: PIPELINE} or {dataset: PIPELINE}; several go in a list")
        return self


Dependencies = Annotated[tuple[Dependency, ...], BeforeValidator(_as_list)]


class Timetable(Part):
    """A timetable class, registered with Airflow by a plugin."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")]
    """Import path of the class; its package is Airflow's or one of `schedule_packages`.

    Example: `acme.timetables.TradingDays`
    """
    params: dict[str, Any] = Field(default_factory=dict)
    """What the class is called with.

    Example: `{exchange: XETR}`
    """


class Partition(Part):
    """Runs that each stand for one part of the data, by a key."""

    by: Literal["hour", "day", "week", "month", "key"]
    """How much one run stands for. `key`: whatever key a run is started with."""
    upstream: Literal["hour", "day"] | None = None
    """How much one upstream partition holds, where it is less: a run waits for all of them.

    Example: `day`
    """


class Backfill(Part):
    """Bounds of `headrace backfill`."""

    max_active_runs: Annotated[int, Field(ge=1)] = 1
    """How many runs of a backfill may be under way at once.

    Unit: runs
    Example: `1`
    """
    reprocess: Literal["none", "failed", "completed"] = "none"
    """Which intervals that have run are run again: none of them, those that failed, or all."""


class Blackout(Part):
    """A time in which the clock starts no run: `{start, end}` for days, `{cron, length}` for what comes again."""

    start: Day | None = None
    """The first day without runs.

    Unit: date
    Example: `2024-12-24`
    """
    end: Day | None = None
    """The last day without runs.

    Unit: date
    Example: `2024-12-27`
    """
    cron: str | None = None
    """When the window opens, each time.

    Example: `"0 22 * * 5"`
    """
    length: Duration | None = None
    """How long it stays open.

    Unit: duration
    Example: `60h`
    """

    @model_validator(mode="after")
    def _days_or_times(self) -> Blackout:
        given = {name for name in ("start", "end", "cron", "length") if getattr(self, name) is not None}
        if given not in ({"start", "end"}, {"cron", "length"}):
            raise ValueError("write {start: DAY, end: DAY}, or {cron: …, length: …} for a window that comes again")
        return self


Blackouts = Annotated[tuple[Blackout, ...], BeforeValidator(as_tuple)]
