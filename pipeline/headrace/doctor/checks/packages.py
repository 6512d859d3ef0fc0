"""Python and the packages: their versions against what headrace's own metadata asks for."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from headrace.doctor.finding import Finding, Patient

DISTRIBUTION = "headrace"
#: Packages whose byte code counts: what a run imports most of.
_IMPORTED = ("headrace", "mlflow", "sklearn", "polars")


def python(patient: Patient) -> Iterable[Finding]:
    """The interpreter against `requires-python`."""
    from packaging.specifiers import SpecifierSet

    del patient
    version = ".".join(str(part) for part in sys.version_info[:3])
    wanted = metadata.metadata(DISTRIBUTION)["Requires-Python"] or ""
    if SpecifierSet(wanted).contains(version, prereleases=True):
        return [Finding("ok", "Python", f"{version} at {sys.executable}")]
    remedy = f"make the environment with a Python {wanted}, as in `python3.12 -m venv .venv`"
    return [Finding("fail", "Python", f"{version}, and headrace needs {wanted}", remedy)]


def versions(patient: Patient) -> Iterable[Finding]:
    """Every requirement that applies here, those of extras where their package is installed."""
    del patient
    found = list(_mismatches())
    if found:
        return found
    count = len(list(_requirements()))
    return [Finding("ok", "packages", f"headrace {metadata.version(DISTRIBUTION)}, {count} requirements met")]


def byte_code(patient: Patient) -> Iterable[Finding]:
    """Whether the packages are compiled: without it every command starts about twice as slowly."""
    bare = [name for name in _IMPORTED if not _is_compiled(name)]
    if not bare:
        return [Finding("ok", "byte code", "compiled")]
    said = f"not compiled: {', '.join(bare)}"
    if patient.environment.get("PYTHONDONTWRITEBYTECODE"):
        said += "; PYTHONDONTWRITEBYTECODE keeps it so"
    return [Finding("warn", "byte code", said, f"{sys.executable} -m compileall -q {_folders(bare)}")]


def _mismatches() -> Iterator[Finding]:
    from packaging.requirements import Requirement

    for text in _requirements():
        requirement = Requirement(text)
        has = _version(requirement.name)
        if has is None:
            if requirement.marker is None:
                yield Finding("fail", requirement.name, "not installed", f"pip install '{_bare(requirement)}'")
        elif not requirement.specifier.contains(has, prereleases=True):
            said = f"{has}, and headrace needs {requirement.specifier}"
            yield Finding("fail", requirement.name, said, f"pip install '{_bare(requirement)}'")


def _requirements() -> Iterator[str]:
    """Requirements that hold here: the plain ones, and those of extras whose package is there."""
    from packaging.requirements import Requirement

    for text in metadata.requires(DISTRIBUTION) or ():
        requirement = Requirement(text)
        extra = "extra ==" in str(requirement.marker)
        holds = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if holds or (extra and _version(requirement.name) is not None and requirement.name != DISTRIBUTION):
            yield text


def _bare(requirement: object) -> str:
    return str(requirement).partition(";")[0].strip()


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _is_compiled(package: str) -> bool:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return True  # that it is absent is another finding
    return Path(importlib.util.cache_from_source(spec.origin)).exists()


def _folders(packages: Iterable[str]) -> str:
    specs = (importlib.util.find_spec(package) for package in packages)
    return " ".join(str(Path(spec.origin).parent) for spec in specs if spec is not None and spec.origin)
