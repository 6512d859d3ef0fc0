"""Which environment is meant: `HEADRACE_ENV` picks an option of the group `env` for every command."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace

from headrace.errors import ConfigError, Diagnostic, Place
from headrace.project import Project

#: The folder of environments below conf/, as Hydra's group.
GROUP = "env"
VARIABLE = "HEADRACE_ENV"
_CHOICE = re.compile(rf"^\s*-\s+{GROUP}:\s*['\"]?([\w-]+)", re.MULTILINE)
#: What helps where the override itself cannot be changed.
_REMEDIES = {
    f"no defaults list chooses an option of `{GROUP}`": f"add `- {GROUP}: dev` to the defaults of conf/config.yaml",
    "several values for a single run": "name one environment",
}


def in_environment(overrides: Sequence[str]) -> tuple[str, ...]:
    """The overrides with the environment that `HEADRACE_ENV` names, unless one of them names another."""
    named = os.environ.get(VARIABLE)
    if not named or any(word.partition("=")[0].lstrip("+~") == GROUP for word in overrides):
        return tuple(overrides)
    return (f"{GROUP}={named}", *overrides)


def options(project: Project) -> list[str]:
    """Names of the environments that the project has, sorted."""
    return sorted(path.stem for path in (project.conf / GROUP).glob("*.yaml"))


def default(project: Project) -> str | None:
    """The environment of a command that names none; read without a YAML parser, so that it is known of broken files."""
    named = os.environ.get(VARIABLE)
    if not named:
        match = _CHOICE.search((project.conf / "config.yaml").read_text(encoding="utf-8", errors="replace"))
        named = match[1] if match else None
    return named if named in options(project) else None


def require_environments(project: Project, asked: Sequence[str], meant: Sequence[str]) -> None:
    """ConfigError where the variable names an environment in a project that has none.

    `asked` are the overrides of the command, `meant` those and the variable's.
    """
    if len(asked) == len(meant) or options(project):
        return
    message = f"{VARIABLE} is `{os.environ[VARIABLE]}`, but the project has no environments"
    remedy = f"unset {VARIABLE}, or add conf/{GROUP}/{os.environ[VARIABLE]}.yaml and choose it in conf/config.yaml"
    raise ConfigError([Diagnostic("HR200", message, Place(VARIABLE), remedy)])


def placed(found: Diagnostic, asked: Sequence[str], meant: Sequence[str]) -> Diagnostic:
    """The diagnostic, blamed on the variable where it is about the override that the variable stands for."""
    if len(asked) == len(meant) or found.place != Place(f"override '{meant[0]}'"):
        return found
    return replace(found, place=Place(VARIABLE), remedy=_REMEDIES.get(found.message, found.remedy))
