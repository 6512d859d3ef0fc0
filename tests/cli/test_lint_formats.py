from __future__ import annotations

import sys

import pytest

from headrace.cli.lint_formats import FORMATS, Told, summary
from headrace.errors import Diagnostic, Place

ERROR = Diagnostic("HR140", "unknown key", Place("conf/a.yaml", 1, 2), "delete it", excerpt="1 | a\n  | ^")
WARNING = Diagnostic("HR118", "unused", Place("conf/b.yaml"), severity="warning")


def test_the_last_line_counts() -> None:
    assert summary(Told((), 3, 0.2)) == "3 pipelines: no problems"
    assert summary(Told((ERROR, ERROR, WARNING), 1, 2.34)) == "1 pipeline: 2 errors, 1 warning in 2.3 s"


@pytest.mark.parametrize(("no_colour", "painted"), [("", True), ("1", False)])
def test_colour_on_a_terminal_only(
    no_colour: str, painted: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NO_COLOR", no_colour)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    FORMATS["text"](Told((ERROR,), 1, 0.0))
    said = capsys.readouterr().out
    assert ("\x1b[31merror HR140\x1b[0m" in said) is painted
    assert "  remedy: delete it\n" in said


def test_signs_that_end_a_property_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    FORMATS["github"](Told((Diagnostic("HR101", "x", Place("conf/a,b:c.yaml", 1)),), 1, 0.0))
    assert capsys.readouterr().out == "::error file=conf/a%2Cb%3Ac.yaml,line=1,title=HR101::x\n"
