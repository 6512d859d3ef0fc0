from __future__ import annotations

import re
from pathlib import Path

import headrace
from headrace.config.codes import CODES
from headrace.errors import HeadraceError

SOURCE = Path(headrace.__file__).parent


def test_every_code_that_is_used_is_explained_and_the_other_way_round() -> None:
    text = "".join(path.read_text() for path in SOURCE.rglob("*.py") if path.name != "codes.py")
    used = set(re.findall(r"HR[1-3]\d\d", text))
    assert used - {error.code for error in (HeadraceError, *_errors(HeadraceError))} == set(CODES)


def _errors(error: type[HeadraceError]) -> list[type[HeadraceError]]:
    return [found for child in error.__subclasses__() for found in (child, *_errors(child))]


def test_a_code_has_a_line_and_a_paragraph() -> None:
    for meaning, explanation in CODES.values():
        assert 0 < len(meaning) < 90
        words, *examples = explanation.split("\n")
        assert words.endswith((".", "…"))
        assert "  " not in words
        assert all(line in ("bad:", "good:") or line.startswith("  ") for line in examples)
