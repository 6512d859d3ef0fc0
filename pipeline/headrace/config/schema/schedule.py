"""When a pipeline runs."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator

from headrace.config.schema.strict import Day, Duration, Part
from headrace.config.schema.triggers import (
    Assets,
    Backfill,
    Blackouts,
    Dependencies,
    Partition,
    Timetable,
    as_tuple,
)

_PRESETS = ("@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")
_INSTEAD = {"@once": "once: true", "@continuous": "continuous: true", "@midnight": '"@daily"', "@annually": '"@yearly"'}
Crons = Annotated[str | Annotated[tuple[str, ...], Field(min_length=1)] | None, BeforeValidator(as_tuple)]


class Schedule(Part):
    """What starts a run in Airflow: the clock, data, both, or, without any of them, a person."""

    cron: Crons = None
    """Five fields (minute hour day month weekday) or a preset such as `@daily`; several in a list; null: no cron.

    Example: `"0 6 * * *"`, `"@daily"` or `["0 6 * * 1-5", "0 9 * * 6"]`
    """
    every: Duration | None = None
    """Time between runs, by elapsed time and not by the wall clock.

    Unit: duration
    Example: `6h`
    """
    continuous: bool = False
    """Whether the next run starts as soon as the last one has ended."""
    once: bool = False
    """Whether there is one run, as soon as `start` has come."""
    timetable: Timetable | None = None
    """A timetable class of Airflow's or of the project's own.

    Example: `{name: acme.timetables.TradingDays, params: {exchange: XETR}}`
    """
    assets: Assets | None = None
    """Data that starts a run when it changes: a name, a URI, or a condition on several.

    Example: `{all: [orders, {any: [prices, rates]}]}`
    """
    depends_on: Dependencies = ()
    """Pipelines whose new model or table starts a run; all of them, if there are several.

    Example: `[{model: flight_delays}]`
    """
    partition: Partition | None = None
    """Runs that stand for one hour, day, week, month or key each.

    Example: `{by: day}`
    """
    enabled: bool = True
    """Whether anything starts a run by itself; false: only people do, whatever else is written here."""
    timezone: str = "UTC"
    """IANA name of the time zone in which `cron` is read, and in which days begin.

    Example: `Europe/Berlin`
    """
    start: Day | None = None
    """The first day that has a run.

    Unit: date
    Example: `2024-01-01`
    """
    end: Day | None = None
    """The last day that has a run.

    Unit: date
    Example: `2030-12-31`
    """
    catchup: bool = False
    """Whether the intervals between `start` and now are run as well."""
    max_active_runs: Annotated[int, Field(ge=1)] = 1
    """How many runs of the pipeline may be under way at once.

    Unit: runs
    Example: `1`
    """
    max_active_tasks: Annotated[int, Field(ge=1)] | None = None
    """How many tasks of one run may be under way at once; null: Airflow's own limit.

    Unit: tasks
    Example: `4`
    """
    backfill: Backfill = Backfill()
    """Bounds for runs of the past that a person starts.

    Example: `{max_active_runs: 2, reprocess: failed}`
    """
    blackout: Blackouts = ()
    """Times in which the clock starts no run: such a run is left out.

    Example: `[{cron: "0 22 * * 5", length: 60h}]`
    """

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{value!r} is not a time zone: write an IANA name, as in Europe/Berlin") from None
        return value

    @field_validator("cron")
    @classmethod
    def _cron_shape(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for cron in (value,) if isinstance(value, str) else value or ():
            _check_shape(cron)
        return value


def _check_shape(cron: str) -> None:
    if cron in _PRESETS or (not cron.startswith("@") and len(cron.split()) == 5):
        return
    if cron in _INSTEAD:
        raise ValueError(f"{cron!r} is not a cron expression: write {_INSTEAD[cron]} instead")
    raise ValueError(
        f"{cron!r} is not a cron expression: write five fields (minute hour day month weekday), "
        f"or one of {', '.join(_PRESETS)}"
    )
