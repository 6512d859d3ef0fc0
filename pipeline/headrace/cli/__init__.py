"""The `headrace` command: thin; each verb is one call into the package."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from headrace.cli.parser import Invocation, parse
from headrace.counted import counted
from headrace.errors import EXIT_FAILED, ConfigError, HeadraceError

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0 done, 1 failed or found something, 2 wrong usage, 3 refused."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # whoever reads a pipe or a file sees each line when it is said
        sys.stdout.reconfigure(line_buffering=True)
    words = sys.argv[1:] if argv is None else list(argv)
    if words[:1] == ["__complete"]:  # a shell asks at every Tab
        from headrace.cli.completion import complete

        return complete(words[1:])
    return _command(words)


def _command(words: list[str]) -> int:
    invocation = parse(words)
    try:
        return _run(invocation)
    except HeadraceError as error:
        if invocation.debug:
            raise
        for diagnostic in error.diagnostics:
            print(diagnostic, file=sys.stderr)
        if isinstance(error, ConfigError):
            _count(len(error.diagnostics))
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted; run the same command again to go on where it stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if invocation.debug:
            raise
        print(f"error HR000: {type(error).__name__}: {error}", file=sys.stderr)
        print("  remedy: this is a defect of headrace; --debug shows the traceback for a report", file=sys.stderr)
        return EXIT_FAILED


def _run(invocation: Invocation) -> int:
    module, _, function = invocation.target.partition(":")
    code: int = getattr(import_module(module), function)(invocation.arguments)
    return code


def _count(problems: int) -> None:
    print(f"{counted(problems, 'problem')}; nothing was run", file=sys.stderr)
