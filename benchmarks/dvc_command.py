"""DVC in an environment of its own: it is measured against, and never a dependency."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from pairs import STATE, BenchmarkError, note

VERSION = "3.67.1"


def dvc_command(given: str | None) -> str:
    """The `dvc` to run: the one that was given, else one that is installed here, with byte code, on first use.

    Raises BenchmarkError if there is none at `given`, and CalledProcessError if it cannot be installed.
    """
    if given is not None:
        found = shutil.which(given)
        if found is None:
            raise BenchmarkError(f"{given} is not a command that can be run")
        return str(Path(found).absolute())
    folder = STATE / f"dvc-{VERSION}"
    stamp = folder / "installed"
    if not stamp.exists():
        note(f"installing dvc {VERSION} into {folder}, from the package index that pip uses")
        _install(folder)
        stamp.touch()
    return str(folder / "bin" / "dvc")


def _install(folder: Path) -> None:
    """With uv where this environment has it, else with pip."""
    shutil.rmtree(folder, ignore_errors=True)
    uv = Path(sys.executable).with_name("uv")
    python = folder / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", *(["--without-pip"] if uv.exists() else []), folder], check=True)
    with_uv: list[str | Path] = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
    with_pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--compile"]
    subprocess.run([*(with_uv if uv.exists() else with_pip), f"dvc=={VERSION}"], check=True)
