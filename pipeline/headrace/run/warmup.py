"""A new MLflow database takes seconds to make: a process of its own makes it while the first stages run.

A thread would share the imports, but libraries look for each other in half-imported states: not worth a second.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from headrace import secrets
from headrace.errors import HeadraceError
from headrace.plan.model import Plan
from headrace.project import Project
from headrace.tracking.database import prepare
from headrace.tracking.settings import Settings, database_file, tracking_settings


def prepare_tracking(plan: Plan, project: Project) -> subprocess.Popen[bytes] | None:
    """Begin to make the database of a project that has none yet; whoever needs it waits for it there."""
    for stage in plan.stages:
        if stage.type == "track":
            with suppress(HeadraceError):  # the stage that needs it will say what is wrong
                return _begin({"config": stage.config, "home": str(project.home), "root": str(project.root)})
    return None


def _begin(request: dict[str, object]) -> subprocess.Popen[bytes] | None:
    if not _is_missing(request):
        return None
    quiet = subprocess.DEVNULL
    child = subprocess.Popen([sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=quiet, stderr=quiet)
    assert child.stdin is not None
    child.stdin.write(json.dumps(request).encode())  # not an argument: those are for everybody to see
    child.stdin.close()
    return child


def _is_missing(request: dict[str, object]) -> bool:
    settings = _settings(request)
    files = [database_file(uri) for uri in (settings.tracking_uri, settings.registry_uri)]
    return any(file is not None and not file.exists() for file in files)


def _settings(request: dict[str, object]) -> Settings:
    config = secrets.resolve(request["config"])
    return tracking_settings(config, Path(str(request["home"])), root=Path(str(request["root"])))


if __name__ == "__main__":
    prepare(_settings(json.load(sys.stdin)))
