"""The command line as data."""

from __future__ import annotations

import argparse

from headrace.completion.verbs import Argument, read_verbs


def a_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("tool")
    verbs = parser.add_subparsers()
    run = verbs.add_parser("run", help="run it")
    run.add_argument("pipeline", metavar="NAME")
    run.add_argument("overrides", nargs="*", metavar="OVERRIDE")
    run.add_argument("-q", "--quiet", action="store_true", help="say less")
    run.add_argument("--cfg", choices=("job", "all"))
    run.add_argument("--info", nargs="?", metavar="KIND")
    run.add_argument("--hidden", help=argparse.SUPPRESS)
    return parser


def test_verbs_and_their_arguments_are_read() -> None:
    run = read_verbs(a_parser()).verb("run")

    assert run is not None
    assert run.summary == "run it"
    assert run.positionals == (Argument((), "NAME"), Argument((), "OVERRIDE", repeats=True))
    assert run.option("-q") == Argument(("-q", "--quiet"), "", help="say less")
    assert run.option("--cfg") == Argument(("--cfg",), "CFG", choices=("job", "all"))
    assert run.option("--info") == Argument(("--info",), "KIND", optional_value=True)
    assert run.option("--hidden") is None
