from __future__ import annotations

from decimal import Decimal

import pytest

from headrace.config.quantity import in_bytes, quantity


@pytest.mark.parametrize(("text", "size"), [("4Gi", 4 * 2**30), ("500M", 500_000_000), ("1k", 1000), ("1Ti", 2**40)])
def test_bytes(text: str, size: int) -> None:
    assert in_bytes(text) == size


@pytest.mark.parametrize("text", ["4", "4GB", "1.5Gi", "", "-1Gi", "4 Gi"])
def test_what_are_no_bytes(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        in_bytes(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("500m", "0.5"), ("2", "2"), ("0.1", "0.1"), ("1.", "1"), (".5", "0.5"), ("1e3", "1000"), ("1E3", "1000"),
        ("1E", "1e18"), ("1Ei", str(2**60)), ("100u", "0.0001"), ("1.5Gi", str(3 * 2**29)), ("-1", "-1"), ("+1", "1"),
    ],
)  # fmt: skip
def test_quantities_of_kubernetes(text: str, number: str) -> None:
    assert quantity(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["two", "", "1 Gi", "1GB", "1K", "1g", "1e", "1e3Gi", "m", "--1", "\N{FULLWIDTH DIGIT ONE}", "1Gi\n"]
)
def test_what_are_none(text: str) -> None:
    assert quantity(text) is None
