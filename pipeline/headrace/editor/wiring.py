"""Tells editors which schema is for which file: the settings that VS Code reads, and other editors can take over."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headrace.project import Project

SETTINGS = Path(".vscode") / "settings.json"
_KEY = "yaml.schemas"
_SCHEMAS = "./.headrace/schema"


@dataclass(frozen=True, slots=True)
class Wired:
    """What became of the settings file."""

    path: Path
    changed: bool
    missing: dict[str, Any]
    """What somebody must add by hand, where the file is not plain JSON."""


def editor_settings(names: Iterable[str]) -> dict[str, Any]:
    """The settings for these schemas. No tags: a configuration is data, and `headrace lint` refuses them."""
    schemas = {f"{_SCHEMAS}/{name}.json": _files_of(name) for name in names}
    return {_KEY: schemas, "yaml.customTags": []}


def wire(project: Project, names: Iterable[str]) -> Wired:
    """Add the schemas to the project's `.vscode/settings.json`, and leave everything else in it as it is.

    A file with comments is not touched: what it lacks is in the result.
    """
    path = project.root / SETTINGS
    wanted = editor_settings(names)
    present = _read(path)
    if present is None:
        return Wired(path, False, wanted)
    merged = {**wanted, **present, _KEY: {**_others(present.get(_KEY)), **wanted[_KEY]}}
    if merged == present:
        return Wired(path, False, {})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(merged, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return Wired(path, True, {})


def is_wired(project: Project) -> bool:
    """Whether an editor of this project looks for the schemas."""
    try:
        return _SCHEMAS in (project.root / SETTINGS).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def _files_of(name: str) -> list[str]:
    return ["conf/config.yaml"] if name == "config" else [f"conf/{name}/*.yaml"]


def _others(schemas: Any) -> dict[str, Any]:
    """Somebody's own schemas: not those of an earlier version of ours."""
    found = schemas if isinstance(schemas, dict) else {}
    return {path: files for path, files in found.items() if not path.startswith(f"{_SCHEMAS}/")}


def _read(path: Path) -> dict[str, Any] | None:
    """The settings that are there; none where there is no file; None for what is not a JSON mapping."""
    try:
        document = json.loads(path.read_text(encoding="utf-8") or "{}")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None
