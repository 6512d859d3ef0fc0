"""The operator index: what the operators that a project names take, read in a process that has Airflow.

Only what is asked for is looked up, once: it is kept as JSON for as long as the operator's file is as it was.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from headrace.errors import HeadraceError
from headrace.operators.functions import SOURCE, Parameter, Signature
from headrace.whole_files import write_whole

#: Raised when the form of the document changes, so that an old one is made again.
FORMAT = 1
_BUILDER = "headrace_airflow.build.operator_index"
_LIMIT = 120
"""Seconds that looking up may take."""


class Operator(NamedTuple):
    """One operator, or why there is none at its path."""

    signature: Signature
    template_fields: tuple[str, ...] = ()
    """Arguments that are filled in when the task runs: only these may refer to what a run knows."""
    shared: tuple[str, ...] = ()
    """Keywords that all operators have."""
    problem: str = ""
    asked: str = ""
    """The path, as far as it leads to something that is not there."""
    near: tuple[str, ...] = ()
    """Names that are there instead."""
    there: str = ""
    """What the path leads to, if it leads to something: `function` or `other`."""
    remedy: str = ""
    """How to mend the path, where looking it up has told."""


def has_airflow() -> bool:
    """Whether operators can be looked up here."""
    return all(find_spec(name) is not None for name in ("airflow", _BUILDER.partition(".")[0]))


def known(cache_dir: Path, names: Iterable[str]) -> dict[str, Operator]:
    """Those of the operators that are kept, and still hold."""
    kept = _read(_place(cache_dir))
    return {name: _operator(kept[name]) for name in names if name in kept and _holds(kept[name])}


def look_up(cache_dir: Path, names: Iterable[str], root: Path) -> dict[str, Operator]:
    """All of these operators, looked up where they are not known yet: a few seconds, in a process of its own.

    HeadraceError if that process fails.
    """
    names = tuple(dict.fromkeys(names))
    found = known(cache_dir, names)
    missing = [name for name in names if name not in found]
    if missing:
        entries = _built(missing, root)
        _keep(_place(cache_dir), {name: entry for name, entry in entries.items() if not entry.get("problem")})
        found.update({name: _operator(entries[name]) for name in missing})
    return found


def _operator(entry: Mapping[str, Any]) -> Operator:
    parameters = {name: Parameter(text, required) for name, (text, required) in entry.get("parameters", {}).items()}
    return Operator(
        Signature(parameters, entry.get("takes_any", False)),
        tuple(entry.get("template_fields", ())),
        tuple(entry.get("shared", ())),
        entry.get("problem", ""),
        entry.get("asked", ""),
        tuple(entry.get("near", ())),
        entry.get("there", ""),
        entry.get("remedy", ""),
    )


def _place(cache_dir: Path) -> Path:
    return cache_dir / f"operators-{_version_digest()}.json"


@cache
def _version_digest() -> str:
    versions: list[Any] = [FORMAT, sys.version_info[:2]]
    for name in ("apache-airflow-core", "apache-airflow-task-sdk"):
        with suppress(metadata.PackageNotFoundError):
            versions.append(metadata.version(name))
    return sha256(json.dumps(versions).encode()).hexdigest()[:16]


def _holds(entry: Mapping[str, Any]) -> bool:
    return bool(_stamp(entry["file"]) == entry["stamp"])


def _stamp(file: str) -> list[int] | None:
    try:
        stat = os.stat(file)
    except OSError:
        return None
    return [stat.st_mtime_ns, stat.st_size]


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def _keep(path: Path, entries: Mapping[str, Any]) -> None:
    """Beside what is there already. Where nothing can be written, it is looked up again next time."""
    stamped = {name: {**entry, "stamp": _stamp(entry["file"])} for name, entry in entries.items()}
    with suppress(OSError):
        write_whole(path, json.dumps({**_read(path), **stamped}).encode())


def _built(names: list[str], root: Path) -> dict[str, Any]:
    own = [str(Path(__file__).resolve().parents[2]), str((root / SOURCE).resolve())]
    with TemporaryDirectory() as folder:
        out = Path(folder) / "operators.json"
        environment = {
            "AIRFLOW_HOME": folder,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, [*own, os.environ.get("PYTHONPATH", "")])),
        }
        words = [sys.executable, "-m", _BUILDER, str(out), *names]
        try:
            done = subprocess.run(
                words, env=environment, cwd=root, capture_output=True, text=True, timeout=_LIMIT, check=False
            )
        except subprocess.TimeoutExpired:
            raise HeadraceError(f"looking up {', '.join(names)} took more than {_LIMIT} seconds") from None
        entries = _read(out)
    if done.returncode or not entries:
        said = done.stderr.strip()[-500:]
        raise HeadraceError(f"operators cannot be looked up: {said}", remedy="check that Airflow can be imported here")
    return entries
