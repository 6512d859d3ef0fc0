"""Which MLflow a pipeline talks to. Light: nothing is imported from MLflow or asked of it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")
_DATABASE_SCHEMES = ("sqlite", "postgresql", "mysql", "mssql")


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses of MLflow's tracking store and model registry."""

    tracking_uri: str
    registry_uri: str
    artifact_root: str | None
    """Where artifacts of a new experiment go; None where the server decides."""
    experiment: str
    home: Path
    """Where headrace keeps its locks, what it saw last, and the database of a project without a server."""
    pipeline: str = ""
    """For whom this is asked: what a remedy names."""
    shown_at: str = ""
    """Where people see the tracked runs, if that is an http or https address; else nobody serves them."""

    @property
    def address(self) -> str:
        """The tracking address as it may be shown: without credentials."""
        return _shown(self.tracking_uri)

    @property
    def registry_address(self) -> str:
        """The registry's address as it may be shown: without credentials."""
        return _shown(self.registry_uri)


def tracking_settings(
    config: Mapping[str, Any], home: Path, environ: Mapping[str, str] | None = None, root: Path | None = None
) -> Settings:
    """Settings of a pipeline: what its YAML says, else MLflow's own environment variables, else a database in `home`.

    `config` is a stage's slice: `tracking` (uri, registry_uri, experiment) and `pipeline`. `environ` stands for the
    process's environment, and relative `sqlite:///` addresses of the YAML start at `root`.
    """
    environ = os.environ if environ is None else environ
    declared = config.get("tracking") or {}
    home = home.absolute()
    uri = _anchored(declared.get("uri"), root) or _anchored(environ.get("MLFLOW_TRACKING_URI"), Path.cwd())
    registry = _anchored(declared.get("registry_uri"), root) or _anchored(
        environ.get("MLFLOW_REGISTRY_URI"), Path.cwd()
    )
    tracking_uri = uri or f"sqlite:///{(home / 'mlflow.db').as_posix()}"
    return Settings(
        tracking_uri=tracking_uri,
        registry_uri=registry or _registry_beside(tracking_uri),
        artifact_root=_artifact_root(tracking_uri, home, environ),
        experiment=declared.get("experiment")
        or environ.get("MLFLOW_EXPERIMENT_NAME")
        or config.get("pipeline")
        or "Default",
        home=home,
        pipeline=config.get("pipeline") or "",
        shown_at=_shown(environ.get("HEADRACE_MLFLOW_UI", "") or tracking_uri).rstrip("/"),
    )


def database_file(uri: str) -> Path | None:
    """The file of a `sqlite:///` address; None for anything else, and for a database in memory."""
    if not uri.startswith("sqlite:///"):
        return None
    name = uri.removeprefix("sqlite:///").partition("?")[0]
    return Path(name) if name and name != ":memory:" else None


def is_server(uri: str) -> bool:
    """Whether the address is reached over HTTP."""
    return uri.startswith(("http://", "https://"))


def is_link(address: str) -> bool:
    """Whether a browser may be sent there, and everybody may see it: an http or https address without a password."""
    return is_server(address) and without_credentials(address) == address


def without_credentials(text: str) -> str:
    """The text with `user:password@` taken out of every address in it."""
    return _USERINFO.sub("", text)


def passwords(uri: str) -> tuple[str, ...]:
    """The password of an address, where it has one."""
    return tuple(found.rstrip("@").partition(":")[2] for found in _USERINFO.findall(uri) if ":" in found)


def _shown(uri: str) -> str:
    """An address without credentials, nor options: a database's may hold a password."""
    return without_credentials(uri).partition("?")[0]


def _anchored(uri: str | None, folder: Path | None) -> str | None:
    """A relative `sqlite:///` address as an absolute one; others as they are, without a slash at the end."""
    if not uri:
        return None
    file = database_file(uri)
    if file is None:
        return uri.rstrip("/") if is_server(uri) else uri
    if folder is None or file.is_absolute():
        return uri
    options = uri.partition("?")[1:]
    return f"sqlite:///{(folder.absolute() / file).as_posix()}" + "".join(options)


def _registry_beside(tracking_uri: str) -> str:
    """MLflow's own rule: the registry is where runs are tracked, and Databricks' is its Unity Catalog."""
    if tracking_uri == "databricks" or tracking_uri.startswith("databricks://"):
        return "databricks-uc" + tracking_uri.removeprefix("databricks")
    return tracking_uri


def _artifact_root(tracking_uri: str, home: Path, environ: Mapping[str, str]) -> str | None:
    """A database keeps no files: they go under `home`, or where MLflow's own setting for servers says."""
    if not tracking_uri.startswith(_DATABASE_SCHEMES):
        return None
    return environ.get("MLFLOW_DEFAULT_ARTIFACT_ROOT") or (home / "mlartifacts").as_uri()
