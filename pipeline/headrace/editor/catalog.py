"""What a project has to choose from: its groups and options, the estimators, the time zones."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headrace.models.index import Index, load_index
from headrace.project import Project

_TYPE_LINE = re.compile(r"^type:\s*['\"]?([\w.]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Catalog:
    """What a project has to choose from."""

    options: Mapping[str, tuple[str, ...]]
    """Group -> its option files, without `.yaml`. Groups of groups are written with a slash."""
    estimator_of: Mapping[str, str]
    """Model option -> the estimator that its file names."""
    packages: tuple[str, ...]
    """Import roots that a file of the project opts in."""
    index: Index
    zones: tuple[str, ...]
    """IANA names that this machine knows."""


def options_of(conf: Path) -> dict[str, tuple[str, ...]]:
    """Group -> its options, from the names of folders and files alone."""
    found: dict[str, tuple[str, ...]] = {}
    for folder, inner, files in os.walk(conf):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        group = Path(folder).relative_to(conf).as_posix()
        options = tuple(sorted(name.removesuffix(".yaml") for name in files if name.endswith(".yaml")))
        if group != "." and options:
            found[group] = options
    return found


def read_catalog(project: Project) -> Catalog:
    """Look at the project; builds the estimator index where it is missing (seconds, once for each version)."""
    from zoneinfo import available_timezones

    options = options_of(project.conf)
    models = {name: _text(project.conf / "model" / f"{name}.yaml") for name in options.get("model", ())}
    named = {name: match.group(1) for name, text in models.items() if (match := _TYPE_LINE.search(text))}
    files = [project.conf / "config.yaml", *sorted((project.conf / "pipeline").glob("*.yaml"))]
    return Catalog(
        options=options,
        estimator_of=named,
        packages=tuple(sorted({package for file in files for package in _packages(file)})),
        index=load_index(project.home / "compiled"),
        zones=tuple(sorted(available_timezones())),
    )


def _packages(file: Path) -> Iterator[str]:
    """What one file lists under `model_packages`; nothing of a file that is not YAML."""
    import yaml

    text = _text(file)
    if "model_packages:" not in text:
        return
    try:
        document: Any = yaml.load(text, yaml.CSafeLoader)  # the C form of the safe loader
    except yaml.YAMLError:
        return
    listed = document.get("model_packages") if isinstance(document, dict) else None
    yield from (name for name in listed if isinstance(name, str)) if isinstance(listed, Sequence) else ()


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
