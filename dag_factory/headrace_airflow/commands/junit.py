"""A report in JUnit's XML, which every CI service shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from headrace.errors import shown

#: What XML cannot hold, even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Case(NamedTuple):
    """One thing that was looked at."""

    subject: str
    """What it belongs to: a DAG."""
    name: str
    file: str = ""
    line: int | None = None
    seconds: float = 0.0
    failure: str = ""
    """What is wrong; empty: nothing."""
    skipped: str = ""
    """Why it was not looked at; empty: it was."""
    output: str = ""


def junit(suite: str, cases: Sequence[Case]) -> str:
    """The document, with one suite."""
    failures, skipped = (sum(bool(getattr(case, kind)) for case in cases) for kind in ("failure", "skipped"))
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}"'
    seconds = f'time="{sum(case.seconds for case in cases):.3f}"'
    lines = ['<?xml version="1.0" encoding="utf-8"?>', f"<testsuites {counts} {seconds}>"]
    lines.append(f"<testsuite name={_attribute(suite)} {counts} {seconds}>")
    for case in cases:
        lines += _case(case)
    return "\n".join([*lines, "</testsuite>", "</testsuites>"]) + "\n"


def _case(case: Case) -> Iterator[str]:
    places = [f"file={_attribute(case.file)}"] if case.file else []
    places += [f'line="{case.line}"'] if case.line is not None else []
    words = [f"classname={_attribute(case.subject)}", f"name={_attribute(case.name)}", *places]
    head = f'<testcase {" ".join(words)} time="{case.seconds:.3f}"'
    inside = list(_inside(case))
    yield f"{head}/>" if not inside else f"{head}>"
    if inside:
        yield from inside
        yield "</testcase>"


def _inside(case: Case) -> Iterator[str]:
    if case.failure:
        yield f"<failure message={_attribute(case.failure.splitlines()[0])}>{_text(case.failure)}</failure>"
    if case.skipped:
        yield f"<skipped message={_attribute(case.skipped)}/>"
    if case.output:
        yield f"<system-out>{_text(case.output)}</system-out>"


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("?", shown(text)))


def _attribute(text: str) -> str:
    return quoteattr(_FORBIDDEN.sub("?", shown(text)))
