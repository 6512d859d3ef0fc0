"""`headrace backfill`: its words."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from headrace.plan.loading import load
from headrace.plan.model import Plan
from headrace.project import find_project
from headrace_airflow.backfill.command import REPROCESS, Request
from headrace_airflow.backfill.days import interval
from headrace_airflow.local.settings import require_airflow

_EPILOG = """\
Each interval is run once: what has a run already is left alone, so that asking again is harmless. A model of a past
interval is registered, and leaves a champion that looks from later in its place.

  headrace backfill flight_delays --from 2024-01 --to 2024-03 --dry-run
  headrace backfill flight_delays --from 2024-01-01 --to 2024-01-31 --wait

exit codes: 0 made (with --wait: all succeeded), or nothing left to do; 1 a run failed; 2 wrong usage
"""


def main(argv: Sequence[str]) -> int:
    """Run `headrace backfill` with these words; its exit code. UsageError for what Airflow refuses."""
    arguments = backfill_parser().parse_args(list(argv))
    require_airflow()
    project = find_project(Path(arguments.project) if arguments.project else None)
    plan = load(project, arguments.name).require()
    from headrace_airflow.backfill.api import local_api, named_api
    from headrace_airflow.backfill.command import backfill

    request = request_of(arguments, plan)
    return backfill(named_api(arguments.url) if arguments.url else local_api(project), plan, request)


def request_of(arguments: argparse.Namespace, plan: Plan) -> Request:
    """What is asked for; what is left open is as `schedule.backfill` says. UsageError for days that cannot be."""
    usual = plan.spec["schedule"]["backfill"]
    return Request(
        *interval(arguments.first, arguments.last, plan),
        arguments.dry_run,
        arguments.reprocess or usual["reprocess"],
        arguments.max_active_runs or usual["max_active_runs"],
        arguments.wait,
    )


def backfill_parser() -> argparse.ArgumentParser:
    """The words of `headrace backfill`."""
    parser = argparse.ArgumentParser(
        prog="headrace backfill",
        description="Run a pipeline for intervals of the past, by Airflow's own backfill.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", metavar="NAME", help="a pipeline with a schedule")
    parser.add_argument("--from", dest="first", required=True, metavar="DAY", help="first day, or month (2013-01)")
    parser.add_argument("--to", dest="last", required=True, metavar="DAY", help="last day, or month, included")
    parser.add_argument("--dry-run", action="store_true", help="only say which runs would be made")
    parser.add_argument(
        "--reprocess",
        choices=REPROCESS,
        help="run again what has a run: none of it, what failed, or all that ended (default: schedule.backfill)",
    )
    parser.add_argument(
        "--max-active-runs", type=_runs, metavar="N", help="runs at once (default: that of schedule.backfill)"
    )
    parser.add_argument("--wait", action="store_true", help="stay until all runs have ended, and tell how")
    parser.add_argument(
        "--url", metavar="URL", help="an Airflow's address, its token in AIRFLOW_API_TOKEN (default: `headrace up`'s)"
    )
    parser.add_argument("--project", metavar="DIR", help="project folder (default: the one around this folder)")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    return parser


def _runs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of runs: write 1 or more")
    return int(text)
