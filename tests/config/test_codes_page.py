from __future__ import annotations

from pathlib import Path

from headrace.config.codes import CODES
from headrace.config.codes_page import page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "codes.md"


def test_the_page_is_current() -> None:
    remedy = "run `python -m headrace.config.codes_page > docs/reference/codes.md`"
    assert PAGE.read_text(encoding="utf-8") == page(), remedy


def test_every_code_has_a_section_and_fences_are_closed() -> None:
    assert [line[3:8] for line in page().splitlines() if line.startswith("## ")] == list(CODES)
    assert page().count("```") % 2 == 0
    assert "```yaml\nseed: 010\n" in page()
