"""When a pipeline runs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from headrace.config.schema.strict import Day, Part


class Schedule(Part):
    """When Airflow starts a run. Without `cron` it runs when somebody asks."""

    cron: str | None = None
    """Five fields (minute hour day month weekday), or a preset such as `@daily`; null: runs when somebody asks.

    Example: `"0 6 * * *"`, or `"@daily"`
    """
    timezone: str = "UTC"
    """IANA name of the time zone in which `cron` is read.

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
    def _cron_shape(cls, value: str | None) -> str | None:
        presets = ("@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")
        if value is None or value in presets:
            return value
        if value.startswith("@") or len(value.split()) != 5:
            raise ValueError(
                f"{value!r} is not a cron expression: write five fields (minute hour day month weekday), "
                f"or one of {', '.join(presets)}"
            )
        return value
