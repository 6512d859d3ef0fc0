"""Numbers of things, in words."""

from __future__ import annotations

import pytest

from headrace.counted import counted


@pytest.mark.parametrize(("number", "text"), [(0, "0 runs"), (1, "1 run"), (2, "2 runs"), (1_000, "1,000 runs")])
def test_one_is_singular(number: int, text: str) -> None:
    assert counted(number, "run") == text
