"""`headrace.json`: what a built folder holds, and what it was made of. Without times: equal input gives equal bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

#: Raised when the form of a built folder changes.
FORMAT = 1
NAME = "headrace.json"
#: Where the workers find the project, if that was said: apart, for every loader reads it.
SITE = "site.json"
#: Which pipelines of a bundle are not as they are configured now, and why: apart, for it comes and goes.
STALE = "stale.json"
#: Where plans and DAGs are in the folder.
PLANS, DAGS = "plans", "dags"


class BuiltPipeline(NamedTuple):
    """A pipeline of the folder."""

    dag_id: str
    plan: str | None
    """Digest of the plan; none for a pipeline that is broken."""
    digest: str
    """Of all that its DAG is made of."""
    spec: str
    """File of the DAG's specification, in the folder."""
    loader: str
    """File that Airflow reads."""


class Manifest(NamedTuple):
    """A built folder."""

    digest: str
    """Of the whole set: it changes when any DAG does."""
    headrace: str
    """Version that built it."""
    per_file: int
    """Pipelines in one loader."""
    pipelines: Mapping[str, BuiltPipeline]
    files: Mapping[str, str]
    """File that was written -> sha256 of its content."""
    commit: Mapping[str, Any] = {}
    """Commit of the project's repository, and whether it was changed since; empty outside one."""

    def to_bytes(self) -> bytes:
        """The document: for people too, so it is indented."""
        pipelines = {name: built._asdict() for name, built in self.pipelines.items()}
        document = {"format": FORMAT, **self._asdict(), "pipelines": pipelines}
        return (json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a built folder; None if there is none, or one of another form."""
    try:
        document = json.loads((folder / NAME).read_bytes())
        if document.pop("format") != FORMAT:
            return None
        pipelines = {name: BuiltPipeline(**built) for name, built in document.pop("pipelines").items()}
        return Manifest(pipelines=pipelines, **document)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
