"""The estimator index: what `model.type` may name and what its parameters accept, read without any estimator.

It is built once per version of scikit-learn and XGBoost, in a process of its own, and kept as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from headrace.errors import HeadraceError
from headrace.models.parameters import Accepted, Problem, check_value, nested_target
from headrace.models.spelling import nearest
from headrace.models.xgboost_params import PARAMS, check_param

#: Raised when the form of the document changes, so that an old one is built again.
FORMAT = 1
_DISTRIBUTIONS = ("scikit-learn", "xgboost")
_ROOTS = ("sklearn", "xgboost")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its default, as far as JSON has it, and what it accepts (None: not known, so not checked)."""

    default: Any = None
    accepted: tuple[Accepted, ...] | None = None

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Parameter:
        """From an index document."""
        forms = document.get("accepts")
        accepted = None if forms is None else tuple(Accepted.from_json(form) for form in forms)
        return cls(document.get("default"), accepted)


@dataclass(frozen=True, slots=True)
class Estimator:
    """One estimator class: `classifier` or `regressor`, and its parameters by name."""

    kind: str
    params: Mapping[str, Parameter]
    required: tuple[str, ...] = ()
    """Parameters without a default: Python objects, so that YAML cannot make this estimator."""


@dataclass(frozen=True)
class Index:
    """The document, read lazily: one lint looks at a few estimators of many."""

    document: Mapping[str, Any]

    def names(self, kind: str | None = None) -> tuple[str, ...]:
        """Import paths of the estimators that YAML can make, of one kind or all."""
        entries = self.document["estimators"].items()
        return tuple(n for n, e in entries if kind in (None, e["kind"]) and not e.get("required"))

    def find(self, name: str) -> Estimator | None:
        """The estimator of that import path."""
        entry = self.document["estimators"].get(name)
        if entry is None:
            return None
        params = {key: Parameter.from_json(param) for key, param in entry["params"].items()}
        return Estimator(entry["kind"], params, tuple(entry.get("required", ())))


def load_index(cache_dir: Path) -> Index:
    """The index for the installed versions; builds it (a few seconds, in a process of its own) where it is missing.

    Raises HeadraceError if it cannot be built.
    """
    path = _place(cache_dir)
    document = _read(path)
    if document is None:
        _fetch(path)
        document = _read(path) or _built(path)
    if document is None:
        raise HeadraceError(f"{path} cannot be read back", remedy="check that the disk has room and is writable")
    return Index(document)


def is_built(cache_dir: Path) -> bool:
    """Whether the index for the installed versions is there, so that reading it costs nothing."""
    return _place(cache_dir).exists()


def check_params(
    index: Index, estimator: str, params: Mapping[str, Any], task: str, packages: Iterable[str] = ()
) -> list[Problem]:
    """What is wrong with `model.type` and `model.params`: nothing, or all of it.

    Estimators of `packages` (opted in, and not in the index) are not checked here; training does.
    """
    root = estimator.partition(".")[0]
    if root in packages and root not in _ROOTS:
        return []
    entry = index.find(estimator)
    if entry is None or entry.required:
        return [_unknown_estimator(index, estimator, entry, task)]
    wanted = _kind_for(task)
    problems = [] if entry.kind == wanted else [_wrong_kind(index, estimator, entry.kind, task)]
    for name, value in params.items():
        problem = _check_param(estimator, entry, name, value)
        if problem is not None:
            problems.append(problem)
    return problems


def accepted_by(index: Index, estimator: str, name: str) -> tuple[Accepted, ...]:
    """What an estimator takes for one of its parameters; empty where that is not known."""
    if estimator.startswith("xgboost."):
        return PARAMS.get(name, ())
    entry = index.find(estimator)
    found = entry.params.get(name) if entry else None
    return (found.accepted or ()) if found else ()


def _check_param(estimator: str, entry: Estimator, name: str, value: Any) -> Problem | None:
    nested = nested_target(value, name)
    if nested is not None:
        return Problem(f"model.params.{nested}", "_target_ is not followed", "numbers, text, lists and mappings")
    if estimator.startswith("xgboost."):
        return check_param(name, value, entry.params)
    if name not in entry.params:
        known = ", ".join(sorted(entry.params))
        message = f"{estimator.rpartition('.')[2]} has no parameter {name}"
        return Problem(f"model.params.{name}", message, f"one of {known}", nearest(name, entry.params))
    accepted = entry.params[name].accepted
    return None if accepted is None else check_value(name, value, accepted)


def _unknown_estimator(index: Index, name: str, entry: Estimator | None, task: str) -> Problem:
    kind = _kind_for(task)
    allowed = f"the import path of a {kind} of scikit-learn or XGBoost, or of a package under model_packages"
    if entry is not None:
        message = f"{name} needs Python objects for {', '.join(entry.required)}, which YAML cannot give"
        return Problem("model.type", message, allowed)
    return Problem("model.type", f"{name} is not a known estimator", allowed, _meant(index, name, kind))


def _meant(index: Index, name: str, kind: str) -> str | None:
    """The estimator whose class is called so, or nearly so, in whatever module; else the nearest path."""
    by_class_name = {known.rpartition(".")[2]: known for known in index.names()}
    class_name = nearest(name.rpartition(".")[2], by_class_name)
    return by_class_name[class_name] if class_name else nearest(name, index.names(kind))


def _wrong_kind(index: Index, name: str, kind: str, task: str) -> Problem:
    wanted = _kind_for(task)
    sibling = name.replace(kind.capitalize(), wanted.capitalize())
    suggestion = sibling if sibling in index.names(wanted) else None
    message = f"{name} is a {kind}, and the task {task} needs a {wanted}"
    return Problem("model.type", message, f"a {wanted}", suggestion)


def _kind_for(task: str) -> str:
    return "regressor" if task == "regression" else "classifier"


def _place(cache_dir: Path) -> Path:
    return cache_dir / f"estimators-{version_digest()}.json"


@cache
def version_digest() -> str:
    """Identity of what the index is made of: the installed scikit-learn and XGBoost, and Python."""
    sources = (Path(__file__).with_name(f"{name}.py").read_bytes() for name in ("index_build", "xgboost_params"))
    versions: list[Any] = [FORMAT, sys.version_info[:2], *(sha256(source).hexdigest() for source in sources)]
    for name in _DISTRIBUTIONS:
        try:
            versions.append([name, metadata.version(name)])
        except metadata.PackageNotFoundError:
            versions.append([name, None])
    return sha256(json.dumps(versions).encode()).hexdigest()[:16]


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return _parsed(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=1)
def _parsed(path: Path, modified: int) -> dict[str, Any] | None:
    """Read once a process: a project has many pipelines."""
    del modified
    document = json.loads(path.read_bytes())
    return document if isinstance(document, dict) and document.get("format") == FORMAT else None


def _shared(path: Path) -> Path | None:
    """Where all projects of a user find the index of these versions: `XDG_CACHE_HOME`, or `~/.cache`."""
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # a user without a home
        return None
    return folder / "headrace" / path.name


def _fetch(path: Path) -> None:
    """Take the index from where another project left it, if one did."""
    shared = _shared(path)
    if shared is not None and _read(shared) is not None:
        with suppress(OSError):
            _copy(shared, path)


def _leave(path: Path) -> None:
    """Let other projects have the new index; a folder that cannot be written to keeps them from it, and no more."""
    shared = _shared(path)
    if shared is not None:
        with suppress(OSError):
            _copy(path, shared)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}")
    part.write_bytes(source.read_bytes())
    part.replace(target)


@cache
def _built(path: Path) -> dict[str, Any] | None:
    """The new index, kept at `path`, or in this process alone where nothing can be written there."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    if os.access(path.parent, os.W_OK):
        _build(path)
        _leave(path)
        return _read(path)
    with TemporaryDirectory() as folder:
        elsewhere = Path(folder) / path.name
        _build(elsewhere)
        return _read(elsewhere)


def _build(path: Path) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    root = str(Path(__file__).resolve().parents[2])
    search = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [sys.executable, "-m", "headrace.models.index_build", str(part)],
        env={**os.environ, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        if done.returncode:
            raise HeadraceError(
                f"the estimator index cannot be built: {done.stderr.strip()[-500:]}",
                remedy="check that scikit-learn and xgboost are installed and can be imported",
            )
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
