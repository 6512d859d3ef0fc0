"""The project: whether it is found, compiles, and keeps its secrets."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from headrace.counted import counted
from headrace.doctor.finding import Finding, Patient
from headrace.secrets import FILE_VARIABLE
from headrace.tracking.settings import without_credentials

_PREFIXES = ("HEADRACE_", "MLFLOW_", "AIRFLOW_HOME", "AIRFLOW__", "OMP_NUM_THREADS", "PYTHONDONTWRITEBYTECODE")
_HIDDEN = ("TOKEN", "PASSWORD", "SECRET", "KEY", "CONN")
#: Not secrets, for all that they are called.
_SHOWN = (FILE_VARIABLE,)


def found(patient: Patient) -> Iterable[Finding]:
    """The project's folder, and how many pipelines it has."""
    project = patient.project
    if project is None:
        remedy = "go to a project's folder, or make one with `headrace init NAME`"
        return [Finding("warn", "project", "none here: only the installation is looked at", remedy)]
    count = len(project.pipelines())
    return [Finding("ok", "project", f"{project.root}, {counted(count, 'pipeline')}")]


def compiles(patient: Patient) -> Iterable[Finding]:
    """Whether every pipeline has a plan."""
    from headrace.plan.loading import load

    if patient.project is None:
        return []
    results = [load(patient.project, name) for name in patient.project.pipelines()]
    broken = [result.name for result in results if result.plan is None]
    if broken:
        said = f"{len(broken)} of {len(results)} do not compile: {', '.join(broken[:5])}"
        return [Finding("fail", "configuration", said, f"headrace lint {' '.join(broken[:5])}")]
    return [Finding("ok", "configuration", f"{len(results)} compiled")]


def secrets_file(patient: Patient) -> Iterable[Finding]:
    """Whether the file of secrets is closed to others."""
    named = patient.environment.get(FILE_VARIABLE)
    if not named:
        return [Finding("ok", "secrets", f"from the environment; {FILE_VARIABLE} names no file")]
    path = Path(named).expanduser()
    try:
        mode = path.stat().st_mode
    except OSError as error:
        said = f"{path}: {error.strerror or error}"
        return [Finding("fail", "secrets", said, f"write the file, or unset {FILE_VARIABLE}")]
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        said = f"{path} is open to other users (mode {stat.S_IMODE(mode):04o})"
        return [Finding("fail", "secrets", said, f"chmod 600 {path}")]
    if not os.access(path, os.R_OK):
        return [Finding("fail", "secrets", f"{path} cannot be read", f"chmod 600 {path}, as its owner")]
    return [Finding("ok", "secrets", f"{path}, closed to others")]


def environment(patient: Patient) -> Iterable[Finding]:
    """The variables that change what headrace does; values that may be secret are not shown."""
    names = sorted(name for name in patient.environment if name.startswith(_PREFIXES))
    if not names:
        return [Finding("ok", "environment", "no variable that changes headrace is set")]
    shown = ", ".join(f"{name}={_value(name, patient.environment[name])}" for name in names)
    return [Finding("ok", "environment", shown)]


def _value(name: str, value: str) -> str:
    if name not in _SHOWN and any(part in name for part in _HIDDEN):
        return "***"
    shown = without_credentials(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."
