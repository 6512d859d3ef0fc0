"""MLflow as the project would use it, asked without importing it: that takes seconds."""

from __future__ import annotations

import importlib.util
import re
import sqlite3
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from headrace.doctor.finding import Finding, Patient
from headrace.tracking.settings import Settings, database_file, is_server, tracking_settings, without_credentials

_PATIENCE = 3.0
_REVISION = re.compile(r"^revision(?:: str)? = ['\"](\w+)['\"]", re.MULTILINE)
_BEFORE = re.compile(r"^down_revision(?:: .+?)? = (.+)$", re.MULTILINE)


def tracking(patient: Patient) -> Iterable[Finding]:
    """Each tracking store that a pipeline names, or the one that the environment does."""
    for settings in _settings(patient):
        yield _looked_at("MLflow tracking", settings.tracking_uri, patient.environment)


def registry(patient: Patient) -> Iterable[Finding]:
    """Each model registry that is not the tracking store itself."""
    apart = [one for one in _settings(patient) if one.registry_uri != one.tracking_uri]
    if not apart:
        yield Finding("ok", "MLflow registry", "the tracking store's own")
    for settings in apart:
        yield _looked_at("MLflow registry", settings.registry_uri, patient.environment)


def _settings(patient: Patient) -> list[Settings]:
    """What the pipelines use, each once; secrets in an address are left alone."""
    from headrace.plan.cache import last_compiled

    if patient.project is None:
        home = Path.cwd() / ".headrace"
        return [tracking_settings({}, home, patient.environment)]
    plans = [last_compiled(patient.project, name) for name in patient.project.pipelines()]
    declared = [dict(plan.spec.get("tracking") or {}) for plan in plans if plan is not None] or [{}]
    found = {
        (one.tracking_uri, one.registry_uri): one
        for tracked in declared
        for one in [
            tracking_settings({"tracking": tracked}, patient.project.home, patient.environment, patient.project.root)
        ]
    }
    return list(found.values())


def _looked_at(subject: str, uri: str, environment: Mapping[str, str]) -> Finding:
    shown = without_credentials(uri).partition("?")[0]
    if "${secret:" in uri:
        return Finding("ok", subject, "its address is a secret: not looked at")
    if is_server(uri):
        return _server(subject, uri, shown, environment)
    file = database_file(uri)
    return _database(subject, file) if file is not None else Finding("ok", subject, f"{shown}: not looked at")


def _server(subject: str, uri: str, shown: str, environment: Mapping[str, str]) -> Finding:
    """`/health` and `/version` are what an MLflow server answers to anybody."""
    remedy = f"start it, or check the address: curl {shown}/version"
    try:
        version = _get(f"{uri}/version", environment)
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            remedy = "set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
            return Finding("fail", subject, f"{shown} refuses us: HTTP {error.code}", remedy)
        return Finding("fail", subject, f"{shown} answers HTTP {error.code}: is it an MLflow server?", remedy)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return Finding("fail", subject, f"{shown} does not answer: {reason}", remedy)
    if not re.fullmatch(r"\d+\.\d+[\w.]*", version):
        return Finding("fail", subject, f"{shown} is not an MLflow server", remedy)
    ours = metadata.version("mlflow")
    if version.split(".")[:1] != ours.split(".")[:1]:
        remedy = f"use an MLflow {ours.split('.')[0]} server, or pip install 'mlflow=={version}'"
        return Finding("warn", subject, f"{shown} is MLflow {version}, and {ours} is installed here", remedy)
    return Finding("ok", subject, f"{shown}, MLflow {version}")


def _get(url: str, environment: Mapping[str, str]) -> str:
    address = urlsplit(url)
    request = urllib.request.Request(without_credentials(url))  # noqa: S310 # only http and https come here
    if address.username:
        request.add_header("Authorization", _basic(unquote(address.username), unquote(address.password or "")))
    elif token := environment.get("MLFLOW_TRACKING_TOKEN"):
        request.add_header("Authorization", f"Bearer {token}")
    elif name := environment.get("MLFLOW_TRACKING_USERNAME"):
        request.add_header("Authorization", _basic(name, environment.get("MLFLOW_TRACKING_PASSWORD", "")))
    with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
        text: str = answer.read(100).decode(errors="replace")
        return text.strip()


def _basic(name: str, password: str) -> str:
    return f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"


def _database(subject: str, file: Path) -> Finding:
    """Whether a SQLite file is free, whole and of this MLflow's tables."""
    if not file.exists():
        return Finding("ok", subject, f"{file}: made by the first run")
    try:
        has = _schema_of(file)
    except sqlite3.OperationalError as error:
        remedy = "end the process that writes to it, as `lsof` tells, or use a server for several people"
        return Finding("fail", subject, f"{file}: {error}", remedy)
    except sqlite3.DatabaseError as error:
        return Finding("fail", subject, f"{file}: {error}", f"move it away: the next run makes a new one at {file}")
    return _compared(subject, file, has)


def _compared(subject: str, file: Path, has: str | None) -> Finding:
    """The tables of a database against those that the installed MLflow makes."""
    newest = newest_schema()
    if has == newest or newest is None:
        return Finding("ok", subject, f"{file}, tables of MLflow {metadata.version('mlflow')}")
    if has is None:
        return Finding("fail", subject, f"{file} has no tables of MLflow", "move it away: the next run makes a new one")
    if has in _schemas():
        said = f"{file} has the tables of an older MLflow ({has})"
        return Finding("fail", subject, said, f"copy it, then: mlflow db upgrade sqlite:///{file}")
    said = f"{file} has the tables of a newer MLflow ({has})"
    return Finding("fail", subject, said, "pip install --upgrade mlflow")


def _schema_of(file: Path) -> str | None:
    """The revision of its tables; None if there is none. sqlite3.DatabaseError if it is locked or damaged."""
    connection = sqlite3.connect(f"file:{file.as_posix()}?mode=rw", uri=True, timeout=1)
    try:
        connection.execute("BEGIN IMMEDIATE")  # whoever may write holds no lock that others wait for
        connection.rollback()
        if not connection.execute("SELECT name FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None
    finally:
        connection.close()


def newest_schema() -> str | None:
    """The revision that the installed MLflow makes: the one that no other follows. None if that cannot be read."""
    steps = _schemas()
    followed = {name for before in steps.values() for name in re.findall(r"['\"](\w+)['\"]", before)}
    last = [revision for revision in steps if revision not in followed]
    return last[0] if len(last) == 1 else None


def _schemas() -> dict[str, str]:
    """Revision -> the ones before it, read from the migrations' sources."""
    spec = importlib.util.find_spec("mlflow")
    if spec is None or spec.origin is None:
        return {}
    folder = Path(spec.origin).parent / "store" / "db_migrations" / "versions"
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))]
    found = [(_REVISION.search(text), _BEFORE.search(text)) for text in texts]
    return {revision.group(1): before.group(1) if before else "" for revision, before in found if revision}
