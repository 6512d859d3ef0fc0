"""The generated pages of the documentation are current."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.reference import PAGES, write_pages
from projects import REPOSITORY


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_current(name: str) -> None:
    committed = (REPOSITORY / "docs" / "reference" / name).read_text(encoding="utf-8")

    assert committed == PAGES[name](), "make reference writes it again"


def test_pages_are_written(tmp_path: Path) -> None:
    assert [path.name for path in write_pages(tmp_path / "new")] == list(PAGES)
