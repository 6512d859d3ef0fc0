"""`headrace dags build`, on the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from headrace.counted import counted
from headrace.errors import EXIT_FAILED, EXIT_OK, ConfigError
from headrace.project import Project
from headrace_airflow.deploy.choices import MOST, Choices
from headrace_airflow.deploy.manifest import Manifest

if TYPE_CHECKING:
    from headrace_airflow.deploy.building import Build


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument("--out", metavar="DIR", required=True, help="folder to write; what went from it is removed")
    parser.add_argument(
        "--per-file", type=int, default=1, metavar="N", help=f"pipelines in one DAG file, at most {MOST} (default: 1)"
    )
    parser.add_argument("--project-at", metavar="DIR", default="", help="the project's folder on Airflow's workers")
    parser.add_argument("--home-at", metavar="DIR", default="", help="the folder of its state on Airflow's workers")
    parser.add_argument(
        "--keep-going", action="store_true", help="write broken pipelines as DAGs that say what is wrong"
    )


def build(project: Project, arguments: argparse.Namespace) -> int:
    """Build the folder and say what is new in it; 1 if a pipeline is broken."""
    from headrace_airflow.deploy.building import build_folder

    choices = Choices(arguments.per_file, arguments.project_at, arguments.home_at)
    try:
        built = build_folder(project, Path(arguments.out).absolute(), choices, keep_going=arguments.keep_going)
    except ConfigError as error:
        for problem in error.diagnostics:
            print(problem, file=sys.stderr)
        print("nothing was written; --keep-going writes the broken pipelines as DAGs that say so")
        return EXIT_FAILED
    for problem in built.diagnostics:
        print(problem, file=sys.stderr)
    print(summary(built, arguments.out))
    return EXIT_OK


def summary(built: Build, out: str) -> str:
    """One line for each pipeline that is new, changed or gone, and one for the folder."""
    before = built.before or Manifest("", "", 1, {}, {})
    old, new = before.pipelines, built.manifest.pipelines
    lines = [
        *(f"{name}: new" for name in new if name not in old),
        *(f"{name}: changed" for name in new if name in old and old[name].digest != new[name].digest),
        *(f"{name}: removed" for name in old if name not in new),
    ]
    broken = sum(pipeline.plan is None for pipeline in new.values())
    built_now = counted(len(new), "pipeline") + (f", {broken} of them broken" if broken else "")
    return "\n".join([*lines, f"{out}: {built_now}, set {built.manifest.digest[:12]}"])
