from __future__ import annotations

import re
from pathlib import Path

import headrace
import headrace_airflow
from headrace.config.codes import CODES
from headrace.errors import HeadraceError

SOURCES = [Path(package.__path__[0]) for package in (headrace, headrace_airflow)]


def test_every_code_that_is_used_is_explained_and_the_other_way_round() -> None:
    paths = [path for source in SOURCES for path in source.rglob("*.py") if path.name != "codes.py"]
    used = set(re.findall(r"HR[1-47]\d\d", "".join(path.read_text() for path in paths)))
    general = (kind for kind in HeadraceError.__subclasses__() if kind.__module__ == "headrace.errors")
    used -= {"HR100", *(kind.code for kind in general)}  # errors that are no configuration's
    assert used == set(CODES)


def test_a_code_has_a_line_and_a_paragraph() -> None:
    for meaning, explanation in CODES.values():
        assert 0 < len(meaning) < 90
        words, *examples = explanation.split("\n")
        assert words.endswith((".", "…"))
        assert "  " not in words
        assert all(line in ("bad:", "good:") or line.startswith("  ") for line in examples)
