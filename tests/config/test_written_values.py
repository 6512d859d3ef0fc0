from __future__ import annotations

import pytest

from headrace.config import nodes
from headrace.config.written_values import problems


@pytest.mark.parametrize(
    ("text", "package", "found"),
    [
        ("target: {column: a, positive: yes}\n", "", ["f:1:31"]),
        ("target: {column: a, positive: 'yes'}\n", "", []),
        ("target: {column: a, positive: true}\n", "", []),
        ("params: {fit_intercept: off, deep: [on]}\n", "model", ["f:1:25", "f:1:37"]),
        ("t: {columns: {c: {values: [NO, SE], nullable: no}}}\n", "validation", ["f:1:28"]),
        ("catchup: yes\n", "schedule", []),
        ("anything: yes\n", "my.own", []),
    ],
)
def test_words_count_where_the_type_is_open(text: str, package: str, found: list[str]) -> None:
    assert [str(item.place) for item in problems(nodes.parse(text.encode(), "f"), package)] == found
