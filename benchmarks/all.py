"""Every benchmark, one after another, in one table."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from dvc_command import dvc_command
from pairs import BenchmarkError, Options, Ratio, note, run

SCRIPTS = (
    "help.py",
    "completion.py",
    "editor.py",
    "stage_overhead.py",
    "no_change.py",
    "lint.py",
    "plan.py",
    "compose.py",
    "scale.py",
    "dags_check.py",
    "dag_build.py",
    "dag_parse.py",
    "airflow_stage.py",
    "first_run.py",
)


def rows_of(script: str, arguments: list[str]) -> list[Ratio]:
    """The rows of one benchmark, run in a process of its own. BenchmarkError if it could not measure."""
    note(f"\n{script}")
    words = [sys.executable, str(Path(__file__).with_name(script)), "--json", *arguments]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    try:
        return [Ratio(**row) for row in json.loads(done.stdout)]
    except ValueError as error:
        raise BenchmarkError(f"{script} exited with {done.returncode} and no result") from error


def measure(asked: Options) -> list[Ratio]:
    """The rows of them all."""
    arguments = ["--dvc", dvc_command(asked.dvc), *(["--pairs", str(asked.pairs)] if asked.pairs else [])]
    return [row for script in SCRIPTS for row in rows_of(script, arguments)]


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, count=None))
