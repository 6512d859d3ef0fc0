"""Interpreters that break off before they run a stage for real, as machines do."""

from __future__ import annotations

import sys
from pathlib import Path

from projects import Sandbox

_INTERPRETER = """\
#!{python}
import os, pathlib, signal, sys

words = sys.argv[1:]
if words[1:3] == ["headrace", "stage"] and words[4] == "{stage}":
    tries = pathlib.Path(__file__).with_name("tries")
    with tries.open("a") as file:
        file.write("x")
    if tries.stat().st_size <= {times}:
        os.kill(os.getpid(), signal.SIGKILL)
os.execv("{python}", ["{python}", *words])
"""


def broken_interpreter(project: Sandbox, stage: str, times: int) -> Path:
    """One that dies at the first tries of a stage, and is Python itself in every other."""
    text = _INTERPRETER.format(python=sys.executable, stage=stage, times=times)
    path = project.write(f"bin/{stage}_{times}/python", text)
    path.chmod(0o755)
    return path
