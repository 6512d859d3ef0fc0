"""`headrace dags …`: its words, and which Airflow it runs with."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from headrace.clock import parse_moment
from headrace.errors import EXIT_OK, UsageError
from headrace.project import Project, find_project
from headrace_airflow.deploy.command import add_arguments
from headrace_airflow.local.settings import airflow_home, airflow_settings, enter, require_airflow

_CHECKED = "check"
"""The Airflow of `dags …`: another than the one that serves, whose scheduler would take its runs up."""


_EPILOG = """\
examples:
  headrace dags list                          what runs when
  headrace dags show NAME                     its graph and its next runs
  headrace dags check --format junit --out dags.xml
  headrace dags test --all --structure        every DAG's structure, with no stage run
  headrace dags diff main...                  what this branch changes in Airflow
"""

_SHOW_EPILOG = """\
examples:
  headrace dags show churn                               in the terminal
  headrace dags show churn --format mermaid              for a page in Markdown
  headrace dags show churn --format svg --out churn.svg  for a browser
  headrace dags show churn --after 2026-03-07            the runs around a change of clocks
"""

_CHECK_EPILOG = """\
loads the DAG files with Airflow's own machinery, then looks at every DAG: does it survive serialisation, do its tasks
run stages that the plan has, would Jinja read any text of the YAML, which runs does its schedule start within a year.
It needs no database, and so it does not know pools, connections and variables.

exit codes: 0 no errors, 1 something is wrong, with its file and line
"""

_TEST_EPILOG = """\
examples:
  headrace dags test churn                    run its stages, as Airflow would
  headrace dags test churn --date 2026-07-03  the run that the schedule starts for that day
  headrace dags test --all --structure --format junit --out dags.xml

Tasks that wait for a person are marked as done, and it says so; with --wait they wait for the answer.

exit codes: 0 every run is green, 1 one is not, 2 wrong usage
"""

_DIFF_EPILOG = """\
compares the DAGs that the YAML makes now, staged and untracked files included, with those of a commit. REV is what
git takes: a commit, a branch, a tag, `main...` for where this branch left main (default: HEAD; in CI a pull
request's base).
What becomes of stages, data and models is told by `headrace plan --against REV`.

exit codes: 0 told, 1 a pipeline does not compile after the change, 2 wrong usage or no such REV;
with --exit-code: 0 no DAG changes, 4 one does
"""


def main(argv: Sequence[str]) -> int:
    """Run `headrace dags` with these words; its exit code. UsageError where a verb needs Airflow and there is none."""
    arguments = dags_parser().parse_args(list(argv))
    code: int = arguments.run(_project(arguments.project), arguments)
    return code


def _project(named: str | None) -> Project:
    return find_project(Path(named) if named else None)


def dags_parser() -> argparse.ArgumentParser:
    """The words of `headrace dags`."""
    parser = argparse.ArgumentParser(
        prog="headrace dags",
        description="The pipelines' Airflow DAGs.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    listing = _verb(verbs, "list", _list, "list the DAGs: what runs when")
    listing.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    _show_words(_verb(verbs, "show", _show, "draw one DAG, and tell its next runs", _SHOW_EPILOG))
    summary = "check that Airflow takes every DAG; exit 1 with the place if it does not"
    check = _verb(verbs, "check", _check, summary, _CHECK_EPILOG)
    check.add_argument("--built", metavar="DIR", type=Path, help="also check that this built folder is not stale")
    _report_words(check)
    _test_words(_verb(verbs, "test", _test, "run DAGs for real, without a scheduler", _TEST_EPILOG))
    add_arguments(_verb(verbs, "build", _build, "write the DAGs as a folder for an Airflow without this project"))
    _diff_words(_verb(verbs, "diff", _diff, "say what a change of the YAML does to the DAGs", _DIFF_EPILOG))
    return parser


def _verb(verbs: Any, name: str, run: Any, summary: str, epilog: str = "") -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=epilog or None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _shared(parser)
    parser.set_defaults(run=run)
    return parser


def _shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--project", metavar="DIR", help="project folder (default: the one around this folder)")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")


def _show_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a pipeline")
    parser.add_argument("--format", choices=("text", "mermaid", "svg", "json"), default="text")
    parser.add_argument("--out", metavar="OUT", type=Path, help="file to write to")
    after = "runs after this ISO 8601 time, of the schedule's zone without an offset (default: now)"
    parser.add_argument("--after", metavar="TIME", type=_local_moment, help=after)


def _report_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json", "junit"), default="text")
    parser.add_argument("--out", metavar="OUT", type=Path, help="file to write the report to")


def _test_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="a pipeline")
    parser.add_argument("--all", action="store_true", help="every pipeline, one after another")
    parser.add_argument("--date", metavar="TIME", type=_moment, help="logical date, ISO 8601 (default: none)")
    parser.add_argument("--structure", action="store_true", help="run no stage: mark each as done, in order")
    parser.add_argument("--wait", action="store_true", help="let tasks that ask a person wait for the answer")
    _report_words(parser)


def _diff_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("revision", nargs="?", metavar="REV", help="the commit to compare with")
    parser.add_argument("--format", choices=("text", "markdown", "json"), default="text")
    parser.add_argument("--out", metavar="OUT", type=Path, help="file to write to")
    parser.add_argument("--exit-code", action="store_true", help="exit with 4 if a DAG changes")


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _local_moment(text: str) -> datetime:
    """Without an offset where none is written: the pipeline says whose clock it is."""
    moment = _moment(text)
    written = datetime.fromisoformat(text)
    return written if written.tzinfo is None else moment


def _list(project: Project, arguments: argparse.Namespace) -> int:
    from headrace_airflow.commands.listing import list_dags

    return list_dags(project, datetime.now(UTC), as_json=arguments.json)


def _show(project: Project, arguments: argparse.Namespace) -> int:
    from headrace_airflow.commands.showing import show_dag

    after = arguments.after or datetime.now(UTC)
    return show_dag(project, arguments.name, after, arguments.format, arguments.out)


def _check(project: Project, arguments: argparse.Namespace) -> int:
    _enter(project, arguments)
    from headrace_airflow.commands.checking.command import check_dags

    return check_dags(project, datetime.now(UTC), arguments.format, arguments.out, arguments.built)


def _test(project: Project, arguments: argparse.Namespace) -> int:
    from headrace_airflow.commands.pipelines import require_known

    if arguments.all == (arguments.name is not None):
        raise UsageError("name one pipeline to test, or --all", remedy="headrace dags test NAME")
    names = project.pipelines() if arguments.all else [arguments.name]
    for name in names:
        require_known(project, name)
    from headrace_airflow.local.database import ensure_database

    home = _enter(project, arguments)
    ensure_database(home, airflow_settings(project, home))
    from headrace_airflow.commands.testing.command import Wanted, test_dags

    return test_dags(
        project, names, Wanted(arguments.date, arguments.structure, arguments.wait), arguments.format, arguments.out
    )


def _diff(project: Project, arguments: argparse.Namespace) -> int:
    from headrace_airflow.commands.diff.command import EXIT_EFFECT, diff_dags

    code = diff_dags(project, arguments.revision, datetime.now(UTC), arguments.format, arguments.out)
    return EXIT_OK if code == EXIT_EFFECT and not arguments.exit_code else code


def _build(project: Project, arguments: argparse.Namespace) -> int:
    from headrace_airflow.deploy.command import build

    return build(project, arguments)


def _enter(project: Project, arguments: argparse.Namespace) -> Path:
    """Set Airflow up for this process, quiet unless somebody debugs; UsageError if it is not installed."""
    require_airflow()
    home = airflow_home(project, _CHECKED)
    level = "INFO" if arguments.debug else "CRITICAL"
    enter({**airflow_settings(project, home), "AIRFLOW__LOGGING__LOGGING_LEVEL": level})
    return home
