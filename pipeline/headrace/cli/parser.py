"""The command line: verbs, their options and their help. Nothing heavier than argparse."""

from __future__ import annotations

import argparse
import os
import re
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from headrace import __version__
from headrace.errors import EXIT_USAGE

_EPILOG = """\
first steps:
  headrace init DIR            make a project
  headrace run NAME            train, gate, register: what is unchanged is reused
  headrace run NAME --help     overrides, sweeps, and what a run can show
"""

_RUN_EPILOG = """\
overrides are Hydra's: `model=random_forest_classifier` picks an option file,
`model.params.max_depth=8` sets a value, `+key=value` adds one, `~key` removes one.
With -m, lists become trials: `-m model.params.max_depth=4,6,8`.

exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 trained but refused by a gate
"""


@dataclass(frozen=True, slots=True)
class Invocation:
    """A parsed command line: the function to call, and what to call it with."""

    target: str
    arguments: argparse.Namespace
    debug: bool


def parse(argv: list[str]) -> Invocation:
    """Read the command line; on a mistake print usage and exit with 2, on --help with 0."""
    forwarded = _forwarded(argv)
    if forwarded is not None:
        return forwarded
    parser = _parser()
    arguments, rest = parser.parse_known_args(argv)
    if not hasattr(arguments, "target"):
        parser.print_help()
        sys.exit(EXIT_USAGE)
    overrides = [word for word in rest if not word.startswith("-")]
    unknown = [word for word in rest if word.startswith("-")]
    if unknown or (overrides and not hasattr(arguments, "overrides")):
        arguments.parser.error(_unknown(arguments.parser, (unknown or overrides)[0]))
    if hasattr(arguments, "overrides"):
        arguments.overrides = [*arguments.overrides, *overrides]
    if arguments.project:
        os.environ["HEADRACE_PROJECT"] = os.path.abspath(arguments.project)
    return Invocation(arguments.target, arguments, arguments.debug)


def command_parser() -> argparse.ArgumentParser:
    """The whole command's parser, for help pages and completion."""
    return _parser()


#: Verbs of the Airflow side: it parses its own words, so that this side never imports it before it is asked for.
_FORWARDED = {
    "dags": "headrace_airflow.cli:main",
    "up": "headrace_airflow.local.cli:main",
    "backfill": "headrace_airflow.backfill.cli:main",
}


def _forwarded(argv: list[str]) -> Invocation | None:
    if argv and argv[0] in _FORWARDED:
        words = argparse.Namespace(words=argv[1:])
        return Invocation("headrace.cli.forward:run", _with(words, target=_FORWARDED[argv[0]]), "--debug" in argv)
    return None


def _with(namespace: argparse.Namespace, **values: Any) -> argparse.Namespace:
    for name, value in values.items():
        setattr(namespace, name, value)
    return namespace


def _unknown(parser: argparse.ArgumentParser, word: str) -> str:
    options = re.findall(r"--[a-z-]+", parser.format_help())
    near = get_close_matches(word.partition("=")[0], options, n=1)
    return f"unknown argument {word}" + (f"; did you mean {near[0]}?" if near else "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="headrace",
        description="One YAML file becomes a tracked, gated, registered and scheduled model.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"headrace {__version__}")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND")
    for add in (
        _run,
        _lint,
        _plan,
        _list,
        _explain,
        _status,
        _predict,
        _serve,
        _promote,
        _rollback,
        _init,
        _new,
        _gc,
        _store,
        _compile,
        _stage,
        _doctor,
        _schema,
        _completion,
    ):
        add(verbs)
    verbs.add_parser("dags", help="list, show, check, test and compare the pipelines' Airflow DAGs")
    verbs.add_parser("backfill", help="run a pipeline for intervals of the past, by Airflow's own backfill")
    verbs.add_parser("up", help="start Airflow with the project's DAGs, and MLflow, on this machine only")
    return parser


def _verb(verbs: Any, name: str, target: str, summary: str, **options: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        **options,
    )
    parser.add_argument("--project", metavar="DIR", help="project folder (default: the one around this folder)")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    parser.set_defaults(target=target, parser=parser)
    return parser


def _pipeline(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pipeline", metavar="NAME", help="a pipeline: conf/pipeline/NAME.yaml")


def _model(parser: argparse.ArgumentParser) -> None:
    _pipeline(parser)
    parser.add_argument("--member", metavar="LABEL", help="whose model, where the pipeline makes one for each member")


def _run(verbs: Any) -> None:
    parser = _verb(verbs, "run", "headrace.cli.run:run", "run a pipeline", epilog=_RUN_EPILOG)
    _pipeline(parser)
    parser.add_argument("overrides", nargs="*", default=[], metavar="OVERRIDE", help="Hydra overrides")
    parser.add_argument("-m", "--multirun", action="store_true", help="one trial for each combination of values")
    parser.add_argument("--as-of", metavar="TIME", help="see only data before this ISO 8601 time (UTC)")
    parser.add_argument("--only", action="append", default=[], metavar="NAME=VALUE", help="these members of `for_each`")
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout, nothing else")
    parser.add_argument("--cfg", choices=("job", "hydra", "all"), help="print the composed configuration and stop")
    parser.add_argument(
        "--info",
        nargs="?",
        const="all",
        choices=("all", "config", "defaults", "defaults-tree", "plugins", "searchpath"),
        help="print how Hydra composed it and stop",
    )


_LINT_EPILOG = """\
A warning is accepted where it is: `# lint: allow CODE because REASON` on its line.

exit codes: 0 nothing is wrong, 1 something is, be it a warning, 2 wrong usage
with --severity error: 0 no errors, 1 one or more; warnings are not told
"""


def _lint(verbs: Any) -> None:
    summary = "check the configuration of all pipelines"
    parser = _verb(verbs, "lint", "headrace.cli.lint:run", summary, epilog=_LINT_EPILOG)
    parser.add_argument("files", nargs="*", metavar="FILE", help="pipelines or files under conf/ (default: all)")
    parser.add_argument("--format", choices=("text", "json", "github"), default="text")
    parser.add_argument(
        "--severity", choices=("error", "warning"), default="warning", help="the least that is told (default: warning)"
    )
    parser.add_argument("--explain", metavar="CODE", help="say more about a code such as HR101")


_PLAN_EPILOG = """\
compares the files as they are now, staged and untracked ones included, with a commit; nothing is run or written.
REV is what git takes: a commit, a branch, a tag, `main...` for where this branch left main.

exit codes: 0 told, 1 a pipeline does not compile after the change, 2 wrong usage or no such REV;
with --exit-code: 0 the change has no effect, 4 it has one
"""


def _plan(verbs: Any) -> None:
    parser = _verb(verbs, "plan", "headrace.cli.plan:run", "say what a change of the YAML does", epilog=_PLAN_EPILOG)
    parser.add_argument("pipelines", nargs="*", metavar="NAME", help="pipelines, old names too (default: all)")
    parser.add_argument(
        "--against", metavar="REV", help="the commit to compare with (default: HEAD; in CI a pull request's merge base)"
    )
    parser.add_argument("--format", choices=("text", "markdown", "json"), default="text")
    parser.add_argument("--exit-code", action="store_true", help="exit with 4 if the change has an effect")


def _list(verbs: Any) -> None:
    _verb(verbs, "list", "headrace.cli.listing:run", "list the pipelines")


def _explain(verbs: Any) -> None:
    parser = _verb(verbs, "explain", "headrace.cli.explain:run", "say where a pipeline's values come from")
    _pipeline(parser)
    words = "a dotted path, or its beginning (default: every value); then Hydra overrides"
    parser.add_argument("overrides", nargs="*", default=[], metavar="KEY | OVERRIDE", help=words)
    parser.add_argument("--env", metavar="NAME", help="in this environment: as env=NAME")
    parser.add_argument("--against", metavar="NAME", help="what another environment changes")
    parser.add_argument("--defaults", action="store_true", help="the tree of option files, and who chose them")
    parser.add_argument("--all", action="store_true", help="also the values that nobody wrote")
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")


def _status(verbs: Any) -> None:
    parser = _verb(verbs, "status", "headrace.cli.status:run", "say what would run now, and why")
    _pipeline(parser)
    parser.add_argument("overrides", nargs="*", default=[], metavar="STAGE | OVERRIDE", help="a stage; Hydra overrides")
    parser.add_argument("--as-of", metavar="TIME", help="see only data before this ISO 8601 time (UTC)")
    parser.add_argument("--exit-code", action="store_true", help="exit with 1 if anything would run")
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")


def _predict(verbs: Any) -> None:
    parser = _verb(verbs, "predict", "headrace.cli.models:predict", "score a file with the champion")
    _model(parser)
    parser.add_argument("--data", required=True, metavar="IN", help="CSV or Parquet file with the model's features")
    parser.add_argument("--out", required=True, metavar="OUT", help="CSV or Parquet file to write")


def _serve(verbs: Any) -> None:
    parser = _verb(verbs, "serve", "headrace.cli.models:serve", "serve the champion over HTTP on this machine")
    _model(parser)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5001)


def _promote(verbs: Any) -> None:
    parser = _verb(verbs, "promote", "headrace.cli.models:promote", "make a registered version the champion, by hand")
    _model(parser)
    parser.add_argument("version", metavar="VERSION")


def _rollback(verbs: Any) -> None:
    parser = _verb(verbs, "rollback", "headrace.cli.models:rollback", "make the previous champion champion again")
    _model(parser)


def _init(verbs: Any) -> None:
    parser = _verb(verbs, "init", "headrace.cli.init:run", "make a new project folder")
    parser.add_argument("folder", metavar="DIR")


def _new(verbs: Any) -> None:
    parser = _verb(verbs, "new", "headrace.cli.new:run", "look at a table and write a pipeline that learns from it")
    parser.add_argument("name", metavar="NAME", help="the pipeline's name: small letters, digits and _")
    parser.add_argument("--data", required=True, metavar="FILE", help="CSV (also .gz, .zip) or Parquet file")
    parser.add_argument("--target", dest="column", required=True, metavar="COLUMN", help="the column to predict")
    parser.add_argument("--task", choices=("binary", "multiclass", "regression"), help="default: what the target says")
    parser.add_argument("--dry-run", action="store_true", help="print the files, and write nothing")
    parser.add_argument("--force", action="store_true", help="replace files that are there already")


def _gc(verbs: Any) -> None:
    parser = _verb(verbs, "gc", "headrace.cli.storage:gc", "free space: say what is no longer needed, and delete it")
    parser.add_argument("--yes", action="store_true", help="delete without asking")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be freed")
    parser.add_argument(
        "--keep", metavar="DURATION", default="30d", help="keep results of runs younger than this (default: 30d)"
    )


def _store(verbs: Any) -> None:
    parser = _verb(verbs, "store", "headrace.cli.storage:verify", "check every stored file against its digest")
    parser.add_argument("action", choices=("verify",))


def _compile(verbs: Any) -> None:
    parser = _verb(verbs, "compile", "headrace.cli.compile:run", "compile what changed into plans")
    parser.add_argument("pipelines", nargs="*", metavar="NAME", help="pipelines (default: all)")
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")


def _stage(verbs: Any) -> None:
    parser = _verb(verbs, "stage", "headrace.cli.stage:run", "run stages of a run that a scheduler drives")
    _pipeline(parser)
    parser.add_argument("stages", nargs="*", metavar="STAGE", help="stages of the plan, run one after another")
    parser.add_argument("--all", action="store_true", help="all stages, in this process")
    parser.add_argument("--plan", metavar="DIGEST", help="the plan, from the store (default: compiled now)")
    parser.add_argument("--run-id", required=True, metavar="ID", help="the scheduler's name for the run")
    parser.add_argument("--member", metavar="LABEL", help="the member of `for_each` that the stage works for")
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=JSON", help="a value for one of the pipeline's `params`"
    )
    parser.add_argument("--as-of", metavar="TIME", help="end of the data interval, ISO 8601")
    parser.add_argument(
        "--skipped",
        action="append",
        default=[],
        metavar="STAGE",
        help="an earlier stage that the scheduler skipped: it is not run here either (may be given several times)",
    )


def _doctor(verbs: Any) -> None:
    parser = _verb(verbs, "doctor", "headrace.cli.doctor:run", "check the installation, and say how to mend it")
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    parser.add_argument("--dags", action="store_true", help="also let Airflow import the DAG files (half a minute)")


def _schema(verbs: Any) -> None:
    parser = _verb(verbs, "schema", "headrace.cli.schema:run", "write JSON Schema for editors")
    parser.add_argument("group", nargs="?", metavar="GROUP", help="print the schema of one group, such as model")
    parser.add_argument("--out", metavar="DIR", help="folder to write to (default: .headrace/schema)")
    parser.add_argument("--wire", action="store_true", help="also tell VS Code, in .vscode/settings.json")


def _completion(verbs: Any) -> None:
    parser = _verb(verbs, "completion", "headrace.cli.completion:run", "print a shell's completion script")
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))
