"""`headrace up`: its words."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from headrace.project import find_project
from headrace_airflow.local.settings import require_airflow

_EPILOG = """\
exit codes: 0 stopped, running already, or (--status) all of it is well; 1 something failed, or (--status) is not well;
2 wrong usage, such as a port that is taken
"""


def main(argv: Sequence[str]) -> int:
    """Run `headrace up` with these words; its exit code. UsageError without Airflow."""
    arguments = up_parser().parse_args(list(argv))
    require_airflow()
    project = find_project(Path(arguments.project) if arguments.project else None)
    from headrace_airflow.local import up
    from headrace_airflow.local.status import status

    if arguments.status:
        return status(up.server_home(project), as_json=arguments.json)
    if arguments.stop:
        return up.stop(project)
    return up.up(project, up.Wanted(arguments.port, arguments.mlflow_port, arguments.unpaused))


def up_parser() -> argparse.ArgumentParser:
    """The words of `headrace up`."""
    parser = argparse.ArgumentParser(
        prog="headrace up",
        description="Start Airflow (scheduler, DAG processor, triggerer, UI) with this project's DAGs, and MLflow, "
        "on this machine only. Ctrl-C stops all of it; a part that ends by itself is started again.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--project", metavar="DIR", help="project folder (default: the one around this folder)")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    parser.add_argument("--port", type=int, default=8080, help="Airflow's port on 127.0.0.1 (default: 8080)")
    parser.add_argument("--mlflow-port", type=int, default=5000, help="MLflow's port on 127.0.0.1 (default: 5000)")
    parser.add_argument(
        "--unpaused", action="store_true", help="let new DAGs follow their schedule at once; they begin paused"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--status", action="store_true", help="say what runs, how it is, and where its logs are")
    what.add_argument("--stop", action="store_true", help="stop what runs in another terminal, or was left by a kill")
    parser.add_argument("--json", action="store_true", help="with --status: print one JSON document")
    return parser
