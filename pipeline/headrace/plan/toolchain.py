"""What compiles a plan: headrace's own source, Python, and the packages that give configuration its meaning.

One identity a process: asked by every compiled document that is read, so it lists folders and opens nothing.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from headrace import __version__
from headrace.plan.model import FORMAT, digest_of

#: Packages that decide what a composition means, or what an estimator accepts.
_COMPOSERS = (
    "hydra-core", "omegaconf", "antlr4-python3-runtime", "pyyaml", "pydantic", "pydantic-core",
    "sqlglot", "duckdb", "scikit-learn", "xgboost",
)  # fmt: skip
_SOURCES = ("headrace", "headrace_features")
_METADATA = re.compile(r"^(?P<name>.+?)-(?P<version>[^-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info$")


@cache
def toolchain() -> str:
    """A digest that changes when anything does that may make another plan of the same files."""
    python = [sys.prefix, list(sys.version_info[:3])]
    return digest_of([FORMAT, __version__, python, packages(_COMPOSERS), sorted(_own_sources())])


def packages(names: Iterable[str]) -> dict[str, str]:
    """Installed version of each distribution, or `absent`."""
    return {name: _version(name) for name in names}


@cache
def _version(name: str) -> str:
    return _installed().get(_normal(name), "absent")


@cache
def _installed() -> dict[str, str]:
    """Versions by normal name, from the names of the metadata folders; the first on the path counts, as in imports."""
    found: dict[str, str] = {}
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        for match in filter(None, map(_METADATA.match, names)):
            found.setdefault(_normal(match["name"]), match["version"])
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _own_sources() -> Iterator[tuple[str, int, int]]:
    """Those of this project."""
    root = Path(__file__).parents[2]
    for name in _SOURCES:
        yield from modules(str(root / name), name)


def modules(folder: str, shown: str) -> Iterator[tuple[str, int, int]]:
    """Name, size and time of every module in a folder and below it; names begin with `shown`."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name.endswith(".py"):
            stat = entry.stat()
            yield f"{shown}/{entry.name}", stat.st_size, stat.st_mtime_ns
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from modules(entry.path, f"{shown}/{entry.name}")
