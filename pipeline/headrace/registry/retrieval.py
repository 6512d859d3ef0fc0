"""A registered model's files, on this machine."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headrace.errors import ServiceError, UsageError
from headrace.registry.champion import DIGEST, version_by_alias
from headrace.registry.versions import model_digest
from headrace.tracking.connection import connected
from headrace.tracking.database import fingerprint
from headrace.tracking.quiet import unhurried
from headrace.tracking.settings import Settings, database_file

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

    from headrace_features.scoring import Scorer


_MODEL_ROOTS = ("numpy", "scipy", "sklearn", "xgboost")


class UnusableModelError(ServiceError):
    """A registered model whose files are not what was registered: asking again does not help."""

    retryable = False


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A version's MLflow model, in a folder that lasts as long as the context that gave it."""

    name: str
    version: str
    folder: Path

    @property
    def info(self) -> dict[str, Any]:
        """Its `model.json`; empty for a model that headrace did not make."""
        try:
            document: dict[str, Any] = json.loads((self.folder / "model.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return document

    def scorer(self) -> Scorer:
        """What scores tables with it.

        UnusableModelError for a model that headrace did not make, and for one that wants types trusted which no model
        of headrace's holds: a registry is not a place to take trust from.
        """
        from headrace_features.scoring import load

        info = self.info
        if not info:
            raise UnusableModelError(
                f"version {self.version} of {self.name} was not made by headrace: it has no model.json",
                remedy="promote one that headrace made, or load this one with mlflow.pyfunc.load_model",
            )
        foreign = [name for name in info["trusted_types"] if not _is_model_type(name, info["estimator"])]
        if foreign:
            raise UnusableModelError(
                f"version {self.version} of {self.name} wants {', '.join(foreign)} trusted: no model holds that",
                remedy="find out who registered it; do not load it",
            )
        return load(self.folder)


def _is_model_type(name: str, estimator: str) -> bool:
    """A class or ufunc of the libraries that models are made of, or of the package of the estimator itself."""
    import numpy as np

    module, _, attribute = name.rpartition(".")
    root = module.partition(".")[0]
    own = estimator.partition(".")[0]
    if root in sys.stdlib_module_names or root not in (*_MODEL_ROOTS, own):
        return False
    try:
        found = getattr(import_module(module), attribute, None)
    except ImportError:
        return True  # skops says what is not installed
    return isinstance(found, type | np.ufunc)


@contextmanager
def champion_files(settings: Settings, name: str, alias: str) -> Iterator[ModelFiles]:
    """The files of the version that carries the alias.

    Raises UsageError where there is none yet, UnusableModelError where its files are gone or altered, and ServiceError.
    """
    file = database_file(settings.registry_uri)
    if file is not None and fingerprint(file) is None:
        raise _no_champion(settings, name, alias)
    with connected(settings) as client:
        version = version_by_alias(client, name, alias)
    if version is None:
        raise _no_champion(settings, name, alias)
    with _downloaded(settings, version) as folder:
        yield ModelFiles(name, str(version.version), folder)


@contextmanager
def version_files(settings: Settings, name: str, version: str) -> Iterator[ModelFiles]:
    """The files of one version. Raises ServiceError; UnusableModelError where they are gone or altered."""
    with connected(settings) as client:
        found = client.get_model_version(name, version)
    with _downloaded(settings, found) as folder:
        yield ModelFiles(name, version, folder)


@contextmanager
def _downloaded(settings: Settings, version: ModelVersion) -> Iterator[Path]:
    """Files on this machine are used where they are; others are fetched, and checked against the version's digest."""
    with tempfile.TemporaryDirectory(prefix="headrace-model-") as room:
        with connected(settings) as client:
            source = client.get_model_version_download_uri(version.name, version.version)
            fetched = _local_folder(source) or _fetch(source, room, settings)
        _check(settings, version, fetched)
        yield fetched


def _fetch(source: str, room: str, settings: Settings) -> Path:
    from mlflow.artifacts import download_artifacts

    with unhurried():
        return Path(download_artifacts(artifact_uri=source, dst_path=room, tracking_uri=settings.tracking_uri))


def _local_folder(uri: str) -> Path | None:
    """The folder of a `file:` address or plain path; None for anything else."""
    from mlflow.utils.file_utils import local_file_uri_to_path
    from mlflow.utils.uri import is_local_uri

    is_local: bool = is_local_uri(uri)  # type: ignore[no-untyped-call]
    return Path(local_file_uri_to_path(uri)) if is_local else None  # type: ignore[no-untyped-call]


def _check(settings: Settings, version: ModelVersion, folder: Path) -> None:
    model, expected = folder / "model.skops", version.tags.get(DIGEST)
    if expected is None:
        return
    if not model.is_file() or model_digest(model) != expected:
        raise UnusableModelError(
            f"the files of {version.name} version {version.version} in {folder} are "
            + ("not what was registered" if model.is_file() else "gone"),
            remedy="restore MLflow's artifact folder, or promote another version with "
            f"`headrace promote {settings.pipeline or version.name} VERSION`",
        )


def _no_champion(settings: Settings, name: str, alias: str) -> UsageError:
    command = f"`headrace run {settings.pipeline or name}`"
    remedy = f"{command} trains one, which becomes the {alias} when it passes its gates"
    return UsageError(f"{name} has no {alias} yet", remedy=remedy)
