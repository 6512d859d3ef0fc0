"""The folder that a command works in."""

from __future__ import annotations

import os
import os.path
import re
from dataclasses import dataclass
from pathlib import Path

from headrace.data_roots import SYSTEM, is_within
from headrace.errors import UsageError

_HOME_LINE = re.compile(r"^home:\s*(['\"]?)([^'\"#\n]+?)\1\s*(?:#.*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with `conf/config.yaml`, and the folder where its state lives."""

    root: Path
    home: Path

    @property
    def conf(self) -> Path:
        """The configuration folder."""
        return self.root / "conf"

    def pipelines(self) -> list[str]:
        """Names of the pipelines: the files in `conf/pipeline/`."""
        return sorted(path.stem for path in (self.conf / "pipeline").glob("*.yaml"))


def find_project(start: Path | None = None) -> Project:
    """The project at or above `start` (default: `HEADRACE_PROJECT`, else here); UsageError if there is none."""
    named = os.environ.get("HEADRACE_PROJECT")
    first = Path(start or named or Path.cwd()).resolve()
    for folder in (first, *first.parents):
        if (folder / "conf" / "config.yaml").is_file():
            return Project(folder, _home_of(folder))
    raise UsageError(
        f"no headrace project here: neither {first} nor a folder above it has conf/config.yaml",
        remedy="go to your project's folder, name it with --project, or make one with `headrace init NAME`",
    )


def _home_of(root: Path) -> Path:
    """`HEADRACE_HOME`, else `home:` of conf/config.yaml, else `.headrace`; relative ones start at the project.

    Read without a YAML parser: this is asked before anything is composed, and by every command.
    """
    named = os.environ.get("HEADRACE_HOME")
    if not named:
        text = (root / "conf" / "config.yaml").read_text(encoding="utf-8", errors="replace")
        match = _HOME_LINE.search(text)
        named = match.group(2) if match else ".headrace"
        if found := home_problem(root, named):
            raise UsageError(f"conf/config.yaml: {found[0]}", remedy=found[1])
    return (root / Path(named).expanduser()).resolve()


def home_problem(root: Path, home: str) -> tuple[str, str] | None:
    """Why a project's state may not be kept in the folder that its configuration names, and the remedy; else None."""
    folder, project = os.path.normpath(root / home), os.path.normpath(root)
    conf = os.path.join(project, "conf")
    if not home.strip() or is_within(project, folder) or is_within(folder, conf):
        return f"`home: {home}` is not a folder of its own", "name one for the state alone, as in `home: .headrace`"
    if any(is_within(folder, system) for system in SYSTEM):
        return f"`home: {home}` is a part of the system", "name a folder for the state alone, as in `home: .headrace`"
    return None
