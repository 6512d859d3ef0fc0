"""`headrace dags …`: its words, and which Airflow it runs with."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from headrace.clock import parse_moment
from headrace.project import Project, find_project
from headrace_airflow.local.settings import airflow_home, airflow_settings, enter, require_airflow

_CHECKED = "check"
"""The Airflow of `dags …`: another than the one that serves, whose scheduler would take its runs up."""


def main(argv: Sequence[str]) -> int:
    """Run `headrace dags` with these words; its exit code. UsageError without Airflow."""
    arguments = dags_parser().parse_args(list(argv))
    require_airflow()
    project = _project(arguments.project)
    code: int = arguments.run(project, arguments)
    return code


def _project(named: str | None) -> Project:
    return find_project(Path(named) if named else None)


def dags_parser() -> argparse.ArgumentParser:
    """The words of `headrace dags`."""
    parser = argparse.ArgumentParser(prog="headrace dags", description="The pipelines' Airflow DAGs.")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _verb(verbs, "list", _list, "list the DAGs: what runs when")
    _verb(verbs, "check", _check, "check that Airflow takes every DAG; exit 1 with the place if it does not")
    test = _verb(verbs, "test", _test, "run one DAG for real, without a scheduler")
    test.add_argument("name", metavar="NAME", help="a pipeline")
    test.add_argument("--date", metavar="TIME", type=_moment, help="logical date, ISO 8601 (default: none)")
    test.add_argument("--structure", action="store_true", help="run no stage: mark each as done, in order")
    return parser


def _verb(verbs: Any, name: str, run: Any, summary: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=summary, description=f"{summary.capitalize()}.")
    _shared(parser)
    parser.set_defaults(run=run)
    return parser


def _shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--project", metavar="DIR", help="project folder (default: the one around this folder)")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _list(project: Project, arguments: argparse.Namespace) -> int:
    _enter(project, arguments)
    from headrace_airflow.commands.listing import list_dags

    return list_dags(project)


def _check(project: Project, arguments: argparse.Namespace) -> int:
    _enter(project, arguments)
    from headrace_airflow.commands.checking import check_dags

    return check_dags(project)


def _test(project: Project, arguments: argparse.Namespace) -> int:
    from headrace_airflow.local.database import ensure_database

    home = _enter(project, arguments)
    ensure_database(home, airflow_settings(project, home))
    from headrace_airflow.commands.testing import test_dag

    return test_dag(project, arguments.name, arguments.date, structure=arguments.structure)


def _enter(project: Project, arguments: argparse.Namespace) -> Path:
    """Set Airflow up for this process, quiet unless somebody debugs."""
    home = airflow_home(project, _CHECKED)
    level = "INFO" if arguments.debug else "CRITICAL"
    enter({**airflow_settings(project, home), "AIRFLOW__LOGGING__LOGGING_LEVEL": level})
    return home
