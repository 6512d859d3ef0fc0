"""One way to MLflow: explicit addresses, no output, and errors that name the address and the remedy."""

from __future__ import annotations

import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from headrace import secrets
from headrace.errors import ServiceError
from headrace.tracking.quiet import quiet_mlflow
from headrace.tracking.settings import Settings, database_file, is_server, passwords, without_credentials

if TYPE_CHECKING:
    from mlflow import MlflowClient

#: Logged models, which versions are made of, came with MLflow 3.
_OLDEST_SERVER = 3
_LATER = "nothing trained is lost: run the pipeline again when it answers, and only what is missing is done"


@contextmanager
def connected(settings: Settings) -> Iterator[MlflowClient]:
    """A client for those addresses; whatever goes wrong on the way to them is a ServiceError within seconds.

    A local database that is not there is made.
    """
    with quiet_mlflow(), service_errors(settings):
        from mlflow import MlflowClient

        from headrace.tracking.database import ensure_databases

        ensure_databases(settings)
        yield MlflowClient(settings.tracking_uri, settings.registry_uri)


@contextmanager
def service_errors(settings: Settings) -> Iterator[None]:
    """Turn what MLflow raises into one ServiceError: which address, what is wrong with it, what to do."""
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        raise _explained(settings, error) from secrets.cause(error, _hidden(settings))
    except Exception as error:
        if not _is_transport(error):
            raise
        raise _explained(settings, error) from secrets.cause(error, _hidden(settings))


def is_absent(error: Exception) -> bool:
    """Whether MLflow says that what was asked for does not exist, rather than that it could not be asked."""
    code = getattr(error, "error_code", "")
    missing_alias = code == "INVALID_PARAMETER_VALUE" and "alias" in str(error) and "not found" in str(error)
    return code in ("RESOURCE_DOES_NOT_EXIST", "NOT_FOUND") or missing_alias


def literal(text: str) -> str:
    """A text in a search expression of MLflow's, which knows quotes of both kinds and no way to escape them."""
    return f"'{text}'" if "'" not in text else '"' + text.replace('"', "'") + '"'


def _is_transport(error: Exception) -> bool:
    """Errors of the libraries that carry MLflow's requests, which it does not always wrap."""
    roots = {kind.__module__.partition(".")[0] for kind in type(error).__mro__}
    return isinstance(error, sqlite3.Error | socket.gaierror) or bool(
        roots & {"requests", "urllib3", "sqlalchemy", "botocore", "boto3"}
    )


def _explained(settings: Settings, error: Exception) -> ServiceError:
    text = _first_line(error)
    where = _where(settings)
    if is_server(settings.tracking_uri) or is_server(settings.registry_uri):
        return _server_error(settings, where, error, text)
    file = database_file(settings.tracking_uri)
    if "out-of-date database schema" in text or "Can't locate revision" in str(error):
        return _service_error(
            f"the MLflow database {where} belongs to another version of MLflow ({_version()} is installed)",
            f"back it up, then run `mlflow db upgrade {settings.address}`",
        )
    if "not a database" in str(error) or "malformed" in str(error):
        return _service_error(
            f"the MLflow database {where} is damaged: {text}",
            f"restore {file or where} from a backup, or move it away: a new one is made",
        )
    return _service_error(f"MLflow at {where} failed: {text}", _LATER, retryable=True)


def _server_error(settings: Settings, where: str, error: Exception, text: str) -> ServiceError:
    code = getattr(error, "error_code", "")
    whole, status = str(error), _status(error)
    if code in ("UNAUTHENTICATED", "CUSTOMER_UNAUTHORIZED") or status == 401:
        return _service_error(
            f"the MLflow server {where} refuses the credentials, or got none",
            "set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD",
        )
    if code == "PERMISSION_DENIED" or status == 403:
        return _service_error(f"the MLflow server {where} does not permit this: {text}", "ask its administrator")
    if code == "ENDPOINT_NOT_FOUND" or status == 404:
        return _unknown_server(settings, where)
    if "timeout" in whole or "timed out" in whole:
        return _service_error(
            f"the MLflow server {where} does not answer in time",
            f"see whether it is overloaded, or allow more with MLFLOW_HTTP_REQUEST_TIMEOUT; {_LATER}",
            retryable=True,
        )
    if status is None and re.search(r"Connection|resolve|refused|unreachable|Max retries|SSL", whole):
        return _service_error(
            f"the MLflow server {where} cannot be reached: {_cause(whole)}",
            f"start it, or correct tracking.uri or MLFLOW_TRACKING_URI; {_LATER}",
            retryable=True,
        )
    return _service_error(f"the MLflow server {where} failed: {text}", _LATER, retryable=True)


def _unknown_server(settings: Settings, where: str) -> ServiceError:
    """It answers, and does not know what is asked: an old MLflow, or no MLflow."""
    found = next(filter(None, (server_version(uri) for uri in {settings.tracking_uri, settings.registry_uri})), None)
    if found and found.split(".")[0].isdigit() and int(found.split(".")[0]) < _OLDEST_SERVER:
        return _service_error(
            f"the MLflow server {where} is too old: it is {found}",
            f"upgrade it to MLflow {_OLDEST_SERVER} or newer ({_version()} is installed here)",
        )
    return _service_error(
        f"{where} answers, but not as an MLflow server does" + (f" (it says it is MLflow {found})" if found else ""),
        "correct tracking.uri or MLFLOW_TRACKING_URI; a server behind a path needs the path in its address",
    )


def server_version(uri: str) -> str | None:
    """What a server says its MLflow version is; None if it does not say, or is none."""
    import requests

    if not is_server(uri):
        return None
    try:
        answer = requests.get(f"{uri}/version", timeout=5)
    except requests.RequestException:
        return None
    text = answer.text.strip()
    return text if answer.ok and re.fullmatch(r"\d+(\.\w+)+", text) else None


def _status(error: Exception) -> int | None:
    """The HTTP status that an error tells of, in the words of MLflow, urllib3 or requests."""
    found = re.search(r"error code (\d{3})\b|too many (\d{3}) error|^(\d{3}) (?:Client|Server) Error", str(error))
    return int(next(filter(None, found.groups()))) if found else None


def _service_error(message: str, remedy: str, *, retryable: bool = False) -> ServiceError:
    hidden = secrets.ambient()
    message, remedy = (secrets.redact(without_credentials(text), hidden) for text in (message, remedy))
    error = ServiceError(message, remedy=remedy, key="tracking.uri")
    error.retryable = retryable  # a wrong password is as wrong the next time
    return error


def _hidden(settings: Settings) -> tuple[str, ...]:
    """What no error may quote, though a server may quote what it was sent: passwords of the addresses, tokens."""
    from urllib.parse import unquote

    found = [word for uri in (settings.tracking_uri, settings.registry_uri) for word in passwords(uri)]
    return (*found, *map(unquote, found), *secrets.ambient())


def _where(settings: Settings) -> str:
    if settings.registry_uri == settings.tracking_uri:
        return settings.address
    return f"{settings.address} (registry {settings.registry_address})"


def _cause(text: str) -> str:
    """The innermost reason in a chain of wrapped connection errors."""
    found: list[Any] = re.findall(r"\[Errno -?\d+\] ([^'\")]+)|(certificate verify failed[^'\")]*)", text)
    reasons = [part for groups in found for part in groups if part]
    return reasons[-1].strip() if reasons else "no connection"


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0][:300]


def _version() -> str:
    from importlib.metadata import version

    return version("mlflow")
