"""When and where a pipeline runs, who hears of it, and where its models go."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from headrace.config.schema.strict import Day, Duration, Part


class Schedule(Part):
    """When Airflow starts a run. Without `cron` it runs when somebody asks."""

    cron: str | None = None
    """Five fields, or a preset such as `@daily`."""
    timezone: str = "UTC"
    start: Day | None = None
    """The first day that has a run."""
    end: Day | None = None
    catchup: bool = False
    max_active_runs: Annotated[int, Field(ge=1)] = 1

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
    python: str | None = None
    """Interpreter of the environment that runs the stages; the one that runs Airflow if not given."""
    fuse: bool = False
    """Run all stages in one task."""
    retries: Annotated[int, Field(ge=0)] = 2
    retry_delay: Duration = "1m"
    retry_backoff: bool = True
    """Double the delay after each try."""
    max_retry_delay: Duration = "30m"
    timeout: Duration = "2h"
    """The longest that one stage may take."""
    env: dict[str, str] = Field(default_factory=dict)
    """Environment variables for the stages."""


class LogNotifier(Part):
    """Writes to the log."""

    type: Literal["log"]


class WebhookNotifier(Part):
    """Posts JSON to an address."""

    type: Literal["webhook"]
    url: str
    timeout: Duration = "10s"


Notifier = Annotated[LogNotifier | WebhookNotifier, Field(discriminator="type")]
Notifiers = Annotated[tuple[Notifier, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)]


class Tracking(Part):
    """The MLflow that runs are tracked in."""

    uri: str | None = None
    """Address of the tracking server; `MLFLOW_TRACKING_URI`, else a database in the project, if not given."""
    registry_uri: str | None = None
    experiment: str | None = None
    """The pipeline's name if not given."""


class Registry(Part):
    """The registered model, and the alias that production follows."""

    name: str | None = None
    """The pipeline's name if not given."""
    alias: str = "champion"
