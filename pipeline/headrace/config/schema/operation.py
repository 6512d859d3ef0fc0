"""When and where a pipeline runs, who hears of it, and where its models go."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from headrace.config.schema.strict import Day, Duration, Part


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


class Runtime(Part):
    """How a stage is run by Airflow."""

    type: Literal["process"] = "process"
    """`process`: each stage is a process on the machine that runs the Airflow task."""
    python: str | None = None
    """Interpreter of the environment that runs the stages; the one that runs Airflow if not given.

    Example: `/opt/headrace/bin/python`
    """
    fuse: bool = False
    """Run all stages in one task."""
    retries: Annotated[int, Field(ge=0)] = 2
    """Tries after the first. Wrong data and wrong configuration are never tried again.

    Unit: tries
    Example: `2`
    """
    retry_delay: Duration = "1m"
    """Wait before the second try.

    Unit: duration
    Example: `1m`
    """
    retry_backoff: bool = True
    """Double the delay after each try."""
    max_retry_delay: Duration = "30m"
    """The longest wait between two tries.

    Unit: duration
    Example: `30m`
    """
    timeout: Duration = "2h"
    """The longest that one stage may take.

    Unit: duration
    Example: `2h`
    """
    env: dict[str, str] = Field(default_factory=dict)
    """Environment variables for the stages.

    Example: `{OMP_NUM_THREADS: "4"}`
    """


class LogNotifier(Part):
    """Writes to the log."""

    type: Literal["log"]
    """The log of the run."""


class WebhookNotifier(Part):
    """Posts JSON to an address."""

    type: Literal["webhook"]
    """An address that takes JSON by POST."""
    url: str
    """Where to post.

    Example: `${secret:ALERTS_URL}`
    """
    timeout: Duration = "10s"
    """The longest wait for an answer.

    Unit: duration
    Example: `10s`
    """


Notifier = Annotated[LogNotifier | WebhookNotifier, Field(discriminator="type")]
Notifiers = Annotated[tuple[Notifier, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)]


class Tracking(Part):
    """The MLflow that runs are tracked in."""

    uri: str | None = None
    """Address of the tracking server; `MLFLOW_TRACKING_URI`, else a database in the project, if not given.

    Example: `https://mlflow.example.com`
    """
    registry_uri: str | None = None
    """Address of the model registry; the tracking server's own if not given.

    Example: `https://mlflow.example.com`
    """
    experiment: str | None = None
    """The experiment that runs are listed under; the pipeline's name if not given.

    Example: `flight_delays`
    """


class Registry(Part):
    """The registered model, and the alias that production follows."""

    name: str | None = None
    """Name of the registered model; the pipeline's name if not given.

    Example: `flight_delays`
    """
    alias: str = "champion"
    """The alias that production follows: gates decide whether a new version gets it.

    Example: `champion`
    """
