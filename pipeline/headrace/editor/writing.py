"""The schema files of a project, for its editors: written when what they are made of has changed."""

from __future__ import annotations

import json
import os
import uuid
from hashlib import sha256
from pathlib import Path
from typing import Any

from headrace import __version__
from headrace.editor.catalog import options_of, read_catalog
from headrace.editor.wiring import is_wired
from headrace.models.index import version_digest
from headrace.project import Project

#: Raised when the form of the files changes, so that old ones are written again.
FORMAT = 1
_STAMP = "made-of"


def schema_folder(project: Project) -> Path:
    """Where editors look: a fixed place in the project, wherever its state is."""
    return project.root / ".headrace" / "schema"


def write_schemas(project: Project, folder: Path | None = None) -> list[Path]:
    """Write every schema into `folder` (default: where editors look), each at once and alike for equal projects."""
    from headrace.editor.documents import documents

    folder = folder or schema_folder(project)
    folder.mkdir(parents=True, exist_ok=True)
    stamp = _made_of(project)
    found = documents(read_catalog(project))
    for name, schema in found.items():
        _replace(folder / f"{name}.json", as_text(schema))
    _replace(folder / _STAMP, stamp)
    return [folder / f"{name}.json" for name in sorted(found)]


def refresh(project: Project) -> bool:
    """Write the schemas again if an editor looks for them and they are out of date; whether they were.

    Costs a look at the names under conf/ where they are current. Never fails: an editor's comfort stops no command.
    """
    stamp = schema_folder(project) / _STAMP
    try:
        known = stamp.read_text(encoding="utf-8") if stamp.exists() else ""
        if known == _made_of(project) or not (known or is_wired(project)):
            return False
        write_schemas(project)
    except Exception:  # noqa: BLE001
        return False
    return True


def as_text(schema: dict[str, Any]) -> str:
    """A schema as it is written."""
    return json.dumps(schema, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def _made_of(project: Project) -> str:
    """A digest of what decides the schemas: the code, the libraries, the options' names, the files that are read."""
    read = [project.conf / "config.yaml", *sorted((project.conf / "model").glob("*.yaml"))]
    times = [[path.name, path.stat().st_mtime_ns] for path in read]
    options = {group: names for group, names in options_of(project.conf).items() if group != "pipeline"}
    code = [[path.name, path.stat().st_mtime_ns] for path in sorted(_sources())]
    facts = [FORMAT, __version__, version_digest(), sorted(options.items()), times, code]
    return sha256(json.dumps(facts).encode()).hexdigest()


def _sources() -> list[Path]:
    package = Path(__file__).parents[1]
    return [*(package / "config" / "schema").glob("*.py"), *(package / "editor").glob("*.py")]


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}-{uuid.uuid4().hex[:6]}")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
