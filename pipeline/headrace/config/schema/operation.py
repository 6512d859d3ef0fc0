"""Who hears of a run, and where its models go."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from headrace.config.schema.strict import Duration, Part


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
