"""What a stage's process is given: an interpreter, and variables that configure it without running anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from headrace.config.composed import Composed
from headrace.config.schema import Spec
from headrace.config.schema.placement import Placement
from headrace.errors import Diagnostic

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: These decide which code runs: loaded libraries, start-up files, search paths, other programs.
_RUNS_CODE = re.compile(
    r"PATH|IFS|SHELL|ENV|BASH_ENV|PROMPT_COMMAND|EDITOR|PAGER|HOME|TMPDIR|LD_.*|DYLD_.*|GCONV_PATH|PYTHON.*|PERL5?.*|RUBY.*|NODE_.*|GIT_.*"
    r"|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|CLASSPATH|BROWSER|LOCPATH|MALLOC_.*|OPENSSL_.*|HYDRA_.*"
)
#: Of Python's own, those that only change how it prints, hashes and reads.
_HARMLESS = frozenset(
    {
        "PYTHONHASHSEED",
        "PYTHONUNBUFFERED",
        "PYTHONUTF8",
        "PYTHONIOENCODING",
        "PYTHONFAULTHANDLER",
        "PYTHONDONTWRITEBYTECODE",
    }
)
_OURS = re.compile(r"(?:AIRFLOW|HEADRACE)_.*")
_INTERPRETER = re.compile(r"(?:python|pypy)[0-9.]*(?:\.exe)?")


def problems(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Variables and an interpreter that are refused, at their places."""
    runtime = spec.runtime
    placements: Mapping[str, Placement] = {
        "runtime": runtime,
        **{f"runtime.stages.{n}": p for n, p in runtime.stages.items()},
    }
    for base, placement in placements.items():
        for name in placement.env:
            if found := refused_variable(name):
                yield composed.diagnostic("HR255", found[0], composed.key_of(f"{base}.env.{name}"), found[1])
        if placement.python is not None and (found := _interpreter(placement.python)):
            yield composed.diagnostic("HR257", found[0], composed.place_of(f"{base}.python"), found[1])


def refused_variable(name: str) -> tuple[str, str] | None:
    """Why a variable of that name is refused, and the remedy."""
    if not _NAME.fullmatch(name):
        return f"`{name}` cannot be the name of a variable", "write letters, digits and _"
    if _OURS.fullmatch(name.upper()):
        return (
            f"`{name}` steers what runs the stages, and is not for a pipeline to set",
            "set it where Airflow is started",
        )
    if name.upper() not in _HARMLESS and _RUNS_CODE.fullmatch(name.upper()):
        remedy = "choose the interpreter with runtime.python, and install what the stages need there"
        return f"`{name}` decides which code runs", remedy
    return None


def _interpreter(path: str) -> tuple[str, str] | None:
    remedy = "write the path of one interpreter, as in /opt/team/.venv/bin/python, without arguments"
    if "\\" not in path and ".." in PurePosixPath(path).parts:
        return f"`{path}` climbs out of where it starts", remedy
    if not _INTERPRETER.fullmatch(re.split(r"[/\\]", path)[-1].lower()) or re.search(r"\$|[`|;<>&]", path):
        return f"`{path}` is not a Python interpreter", remedy
    return None
