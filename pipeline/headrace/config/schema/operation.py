"""Where runs and models are recorded."""

from __future__ import annotations

from headrace.config.schema.strict import Part


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
