from __future__ import annotations

import re
from pathlib import Path

import headrace
import headrace_airflow
from headrace.config.codes import CODES

SOURCES = (Path(headrace.__file__).parent, Path(headrace_airflow.__file__).parent)


#: Codes of kinds of errors, which say the rest in words.
_OF_ERRORS = {"HR100", "HR300", "HR310"}


def test_every_code_that_is_used_is_explained_and_the_other_way_round() -> None:
    text = "".join(path.read_text() for source in SOURCES for path in source.rglob("*.py") if path.name != "codes.py")
    used = set(re.findall(r"HR[123]\d\d", text)) - _OF_ERRORS
    assert used == set(CODES)


def test_a_code_has_a_line_and_a_paragraph() -> None:
    for meaning, explanation in CODES.values():
        assert 0 < len(meaning) < 90
        words, *examples = explanation.split("\n")
        assert words.endswith((".", "…"))
        assert "  " not in words
        assert all(line in ("bad:", "good:") or line.startswith("  ") for line in examples)
