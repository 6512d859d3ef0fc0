"""MLflow runs: one for each run of a pipeline, found again by its id, written in a few batched calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from headrace.errors import ServiceError
from headrace.tracking.connection import connected, literal
from headrace.tracking.quiet import unhurried
from headrace.tracking.settings import Settings, is_server

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import DatasetInput, Metric, Run

RUN_ID = "headrace.run_id"
#: Longest values that MLflow takes; longer ones are cut.
_PARAM_LENGTH = 6000
_TAG_LENGTH = 5000
_DIGEST_LENGTH = 36


@dataclass(frozen=True, slots=True)
class RunKey:
    """Which run of which pipeline an MLflow run stands for."""

    run_id: str
    pipeline: str
    started: datetime
    parent_run: str | None = None
    """MLflow's id of the run that this one is a trial of."""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class TrackedRun:
    """An MLflow run."""

    mlflow_run_id: str
    experiment_id: str
    url: str | None
    """Its page on the server; None for a database."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table that a run learned from: where it came from, and the fingerprint of what was read."""

    name: str
    digest: str
    source: str
    rows: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    """Name -> MLflow's name of the type."""
    context: str = "training"


@dataclass(frozen=True, slots=True)
class Projection:
    """All that MLflow is told of a run."""

    params: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    curves: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Metrics with one value a step, from step 0."""
    model_metrics: tuple[str, ...] = ()
    """Names of the metrics that also describe the logged model."""
    model_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    datasets: tuple[Dataset, ...] = ()
    folder: Path | None = None
    """Its files become the run's artifacts."""
    status: str = "FINISHED"


def ensure_run(settings: Settings, key: RunKey) -> TrackedRun:
    """The MLflow run of a pipeline run: the one that was opened before, if there is one. Raises ServiceError."""
    with connected(settings) as client:
        return opened(client, settings, key)


def opened(client: MlflowClient, settings: Settings, key: RunKey) -> TrackedRun:
    """As `ensure_run`, over a connection that is open."""
    experiment_id = _experiment(client, settings)
    found = client.search_runs([experiment_id], f"tags.`{RUN_ID}` = {literal(key.run_id)}", max_results=1)
    run = found[0] if found else _create(client, experiment_id, key)
    return TrackedRun(run.info.run_id, experiment_id, run_url(settings, experiment_id, run.info.run_id))


def project(settings: Settings, key: RunKey, projection: Projection, tracked: TrackedRun | None = None) -> TrackedRun:
    """Write everything about a run and close it. Doing it again changes nothing. Raises ServiceError.

    `tracked` is what `ensure_run` gave, where it has been asked.
    """
    from mlflow.entities import Param, RunTag

    with connected(settings) as client:
        tracked = tracked or opened(client, settings, key)
        run_id = tracked.mlflow_run_id
        client.log_batch(
            run_id,
            metrics=_metrics(projection, key),
            params=[Param(name, value[:_PARAM_LENGTH]) for name, value in projection.params.items()],
            tags=[RunTag(name, value[:_TAG_LENGTH]) for name, value in projection.tags.items()],
        )
        if projection.datasets:
            client.log_inputs(run_id, [_dataset_input(dataset) for dataset in projection.datasets])
        if projection.folder is not None:
            with unhurried():
                client.log_artifacts(run_id, str(projection.folder))
        client.set_terminated(run_id, projection.status)
    return tracked


def abandon(settings: Settings, mlflow_run_id: str, successor: str) -> None:
    """Close a run that was cut off after its model was registered, and that another run has gone on with."""
    with connected(settings) as client:
        if client.get_run(mlflow_run_id).info.status == "RUNNING":
            client.set_tag(mlflow_run_id, "headrace.continued_by", successor)
            client.set_terminated(mlflow_run_id, "KILLED")


def run_url(settings: Settings, experiment_id: str, mlflow_run_id: str) -> str | None:
    """A run's page, on the tracking server or where HEADRACE_MLFLOW_UI says; None where nobody serves it."""
    if not is_server(settings.shown_at):
        return None
    return f"{settings.shown_at}/#/experiments/{experiment_id}/runs/{mlflow_run_id}"


def _experiment(client: MlflowClient, settings: Settings) -> str:
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(settings.experiment)
    if found is None:
        root = settings.artifact_root
        location = f"{root}/{quote(settings.experiment, safe='')}" if root else None
        try:
            return str(client.create_experiment(settings.experiment, artifact_location=location))
        except MlflowException as error:
            found = client.get_experiment_by_name(settings.experiment)
            if error.error_code != "RESOURCE_ALREADY_EXISTS" or found is None:
                raise
    if found.lifecycle_stage != "active":
        raise ServiceError(
            f"the MLflow experiment {settings.experiment!r} was deleted",
            remedy=f"restore it with `mlflow experiments restore --experiment-id {found.experiment_id}`, "
            "or name another one under tracking.experiment",
            key="tracking.experiment",
        )
    return str(found.experiment_id)


def _create(client: MlflowClient, experiment_id: str, key: RunKey) -> Run:
    tags = {RUN_ID: key.run_id, "headrace.pipeline": key.pipeline, "mlflow.source.name": f"headrace run {key.pipeline}"}
    if key.owner:
        tags["mlflow.user"] = key.owner
    if key.parent_run:
        tags["mlflow.parentRunId"] = key.parent_run
    return client.create_run(experiment_id, start_time=_millis(key.started), tags=tags, run_name=key.run_id)


def _metrics(projection: Projection, key: RunKey) -> list[Metric]:
    """Stamped with the run's start: the same metric written twice is then one metric."""
    from mlflow.entities import Metric

    at = _millis(key.started)
    series = {**{name: (value,) for name, value in projection.metrics.items()}, **projection.curves}
    described = set(projection.model_metrics) if projection.model_id else set()
    return [
        Metric(name, value, at, step, model_id=projection.model_id if name in described else None)
        for name, values in series.items()
        for step, value in enumerate(values)
    ]


def _dataset_input(dataset: Dataset) -> DatasetInput:
    import json

    from mlflow.entities import Dataset as MlflowDataset
    from mlflow.entities import DatasetInput, InputTag

    columns = [{"type": kind, "name": name, "required": False} for name, kind in dataset.columns.items()]
    entity = MlflowDataset(
        name=dataset.name,
        digest=dataset.digest[:_DIGEST_LENGTH],
        source_type="local",
        source=json.dumps({"uri": dataset.source}),
        schema=json.dumps({"mlflow_colspec": columns}) if columns else None,
        profile=json.dumps({"num_rows": dataset.rows}) if dataset.rows is not None else None,
    )
    return DatasetInput(entity, [InputTag("mlflow.data.context", dataset.context)])


def _millis(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp() * 1000)
