"""Versions of a registered model: made once for each model, whatever is retried."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from headrace.registry.champion import DIGEST
from headrace.registry.package import write_package
from headrace.tracking.connection import connected, is_absent, literal
from headrace.tracking.quiet import unhurried
from headrace.tracking.runs import RunKey, TrackedRun, opened
from headrace.tracking.settings import Settings, is_server

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import LoggedModel
    from mlflow.entities.model_registry import ModelVersion


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trained model that is to become a version."""

    model: Path
    """The skops file."""
    info: Path
    """Its `model.json`."""
    digest: str
    """sha256 of the skops file: what makes it this model."""
    task: str
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    """What the version says of where it came from."""
    description: str = ""
    """Of the registered model, when this is its first version."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version in the registry."""

    name: str
    version: str
    mlflow_run_id: str
    model_id: str | None
    """MLflow's id of the logged model that the version was made of."""
    model_digest: str | None
    is_new: bool = False

    @property
    def model_uri(self) -> str:
        """Where `mlflow.pyfunc.load_model` finds it."""
        return f"models:/{self.name}/{self.version}"


def register_version(settings: Settings, key: RunKey, name: str, candidate: Candidate) -> Version:
    """The version of this model: the one that is there, else a new one, logged to the run's MLflow run.

    A retry after a lost reply finds what the first try made. Raises ServiceError.
    """
    with registry_lock(settings, name), connected(settings) as client:
        known = find_version(client, name, candidate.digest)
        if known is not None:
            return known
        _ensure_model(client, name, candidate, key.owner)
        tracked = opened(client, settings, key)
        logged = _logged_model(client, tracked, name, candidate)
        version = client.create_model_version(
            name,
            _source(settings, logged),
            run_id=tracked.mlflow_run_id,
            tags={**candidate.tags, DIGEST: candidate.digest, "headrace.model_id": logged.model_id},
            model_id=logged.model_id,
        )
        _link(client, settings, logged, version)
    return _version(version, is_new=True)


def find_version(client: MlflowClient, name: str, digest: str) -> Version | None:
    """The oldest version of exactly this model."""
    from mlflow.exceptions import MlflowException

    try:
        found = client.search_model_versions(f"name = {literal(name)} and tags.`{DIGEST}` = '{digest}'")
    except MlflowException as error:
        if is_absent(error):
            return None
        raise
    return _version(min(found, key=lambda version: int(version.version))) if found else None


@contextmanager
def registry_lock(settings: Settings, name: str) -> Iterator[None]:
    """One writer of a model's versions and alias at a time, among processes that share a home."""
    from filelock import FileLock

    path = settings.home / "locks" / f"registry-{quote(name, safe='')}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path):
        yield


def model_digest(path: Path) -> str:
    """sha256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _version(version: ModelVersion, *, is_new: bool = False) -> Version:
    tags = version.tags
    return Version(
        name=version.name,
        version=str(version.version),
        mlflow_run_id=version.run_id or "",
        model_id=tags.get("headrace.model_id"),
        model_digest=tags.get(DIGEST),
        is_new=is_new,
    )


def _ensure_model(client: MlflowClient, name: str, candidate: Candidate, owner: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(
            name, tags={"owner": owner} if owner else None, description=candidate.description
        )
    except MlflowException as error:
        if error.error_code not in ("RESOURCE_ALREADY_EXISTS", "ALREADY_EXISTS"):
            raise


def _logged_model(client: MlflowClient, tracked: TrackedRun, name: str, candidate: Candidate) -> LoggedModel:
    """The run's logged model, with its files; one that a killed try left behind is filled again."""
    from mlflow.entities import LoggedModelOutput
    from mlflow.models import Model

    query = f"tags.`{DIGEST}` = '{candidate.digest}' and source_run_id = '{tracked.mlflow_run_id}'"
    left = client.search_logged_models([tracked.experiment_id], query, max_results=1)
    logged = (
        left[0]
        if left
        else client.create_logged_model(
            tracked.experiment_id,
            name=_model_name(name),
            source_run_id=tracked.mlflow_run_id,
            tags={DIGEST: candidate.digest},
            params=dict(candidate.params),
            model_type=candidate.task,
        )
    )
    with tempfile.TemporaryDirectory(prefix="headrace-model-") as folder:
        described = Model(
            artifact_path=logged.artifact_location,
            run_id=tracked.mlflow_run_id,
            model_uuid=logged.model_id,
            model_id=logged.model_id,
        )
        write_package(Path(folder), candidate.model, candidate.info, described)
        with unhurried():
            client.log_model_artifacts(logged.model_id, folder)
    client.log_outputs(tracked.mlflow_run_id, [LoggedModelOutput(logged.model_id, step=0)])
    return client.finalize_logged_model(logged.model_id, "READY")


def _model_name(name: str) -> str:
    """A logged model's name takes fewer signs than a registered model's."""
    return "".join("_" if sign in "/:.%\"'" else sign for sign in name)


def _source(settings: Settings, logged: LoggedModel) -> str:
    """A server follows `models:/ID` in its own store; a database in this process would look in a global one."""
    same = settings.registry_uri == settings.tracking_uri
    return f"models:/{logged.model_id}" if same and is_server(settings.tracking_uri) else logged.artifact_location


def _link(client: MlflowClient, settings: Settings, logged: LoggedModel, version: ModelVersion) -> None:
    """Show the version on the logged model's page, as servers do by themselves."""
    import json

    if not is_server(settings.registry_uri):
        link = [{"name": version.name, "version": version.version}]
        client.set_logged_model_tags(logged.model_id, {"mlflow.modelVersions": json.dumps(link)})
