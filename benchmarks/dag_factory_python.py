"""dag-factory in an environment of its own: it is measured against, and never a dependency."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from pairs import STATE, note

VERSION = "1.1.0"


def dag_factory_python() -> str:
    """A Python with dag-factory and this Airflow: $DAG_FACTORY_PYTHON, else one that is made here on first use."""
    given = os.environ.get("DAG_FACTORY_PYTHON")
    if given:
        return given
    folder = STATE / f"dag-factory-{VERSION}"
    python, stamp = folder / "bin" / "python", folder / "installed"
    if not stamp.exists():
        note(f"installing dag-factory {VERSION} into {folder}, from the package index that pip uses")
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        wanted = [f"dag-factory=={VERSION}", f"apache-airflow=={version('apache-airflow-core')}"]
        uv = Path(sys.executable).with_name("uv")
        with_uv: list[str | Path] = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
        with_pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*(with_uv if uv.exists() else with_pip), *wanted], check=True)
        stamp.touch()
    return str(python)
