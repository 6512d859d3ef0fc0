"""`headrace plan`."""

from __future__ import annotations

import argparse

from headrace.change.compare import what_changes
from headrace.change.document import Change
from headrace.errors import EXIT_FAILED, EXIT_OK
from headrace.project import find_project

#: With --exit-code: something has an effect. 3 is a refusal by a gate everywhere else, so it is not that.
EXIT_EFFECT = 4


def run(arguments: argparse.Namespace) -> int:
    """Say what a change does; 1 if a pipeline does not compile after it, with --exit-code 4 if it has an effect."""
    change = what_changes(find_project(), arguments.pipelines, arguments.against)
    print(_FORMATS[arguments.format](change), end="")
    if change.is_broken:
        return EXIT_FAILED
    return EXIT_EFFECT if arguments.exit_code and change.has_effect else EXIT_OK


def _as_text(change: Change) -> str:
    from headrace.change.text import as_text

    return as_text(change)


def _as_markdown(change: Change) -> str:
    from headrace.change.markdown import as_markdown

    return as_markdown(change)


def _as_json(change: Change) -> str:
    import json

    return json.dumps(change.to_json(), ensure_ascii=False) + "\n"


_FORMATS = {"text": _as_text, "markdown": _as_markdown, "json": _as_json}
