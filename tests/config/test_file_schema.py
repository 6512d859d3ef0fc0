from __future__ import annotations

import pytest

from headrace.config import nodes
from headrace.config.file_schema import problems


@pytest.mark.parametrize(
    ("text", "package", "found"),
    [
        ("type: a.B\nparms: {}\n", "model", ["f:2:1 HR140"]),
        ("params: [1]\n", "model", ["f:1:1 HR142"]),
        ("early_stopping: {rounds: 0}\n", "model", ["f:1:26 HR144"]),
        ("early_stopping: {rounds: ${seed}}\n", "model", []),
        ("params: {}\n", "model", []),  # what is missing may come from elsewhere
        ("split: {test: 0.3, tset: 1}\n", "", ["f:1:20 HR140"]),
        ("split: {method: tmie}\n", "", ["f:1:17 HR143"]),
        ("defaults: []\nhydra: {}\nname: x\nownr: me\n", "", ["f:4:1 HR140"]),
        ("anything: 1\n", "my.own", []),
        ("[1, 2]\n", "gates", []),
        ("{}\n", "validation", []),
    ],
)
def test_one_file_against_its_part_of_the_schema(text: str, package: str, found: list[str]) -> None:
    said = [f"{item.place} {item.code}" for item in problems(nodes.parse(text.encode(), "f"), package)]
    assert said == found
