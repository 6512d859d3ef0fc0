from __future__ import annotations

from typing import Any

import pytest

from headrace.change.showing import ABSENT, HIDDEN, shown


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("a", 0.65, "0.65"),
        ("a", True, "true"),
        ("a", None, "null"),
        ("a", "daily", "daily"),
        ("a", "no", '"no"'),
        ("a", "5", '"5"'),
        ("a", "", '""'),
        ("a", ["x", 1], "[x, 1]"),
        ("a", {"metric": "r2", "min": 0.1}, "{metric: r2, min: 0.1}"),
        ("a", "line one\nline two\nthree", "line one and 2 more lines"),
        ("a", "line one\nline two", "line one and 1 more line"),
        ("tracking.uri", "https://host/path?token=T0KEN&a=1", '"https://host/path?…"'),
        ("a", "\x1b[31mred", '"\\u001b[31mred"'),
        ("a", "left\u202eright", '"left\\u202eright"'),
        ("tracking.uri", "https://me:hunter2@host/path", "https://host/path"),
        ("notify.0.url", "https://hooks.example.com/services/T0/B0/XYZ", '"https://hooks.example.com/…"'),
        ("notify.0.url", "https://host.example.com?key=XYZ", "https://host.example.com"),
        ("notify.0.url", "${secret:HOOK}", "${secret:HOOK}"),
        ("runtime.env.DB_PASSWORD", "hunter2", HIDDEN),
        ("runtime.env.API_KEY", "${secret:API_KEY}", "${secret:API_KEY}"),
        ("model.params.max_tokens", 5, "5"),
    ],
)
def test_a_value_on_one_line(path: str, value: Any, expected: str) -> None:
    assert shown(path, value) == expected


def test_a_long_value_is_cut() -> None:
    text = shown("a", "word " * 1000)

    assert text is not None
    assert len(text) < 100
    assert text.endswith("(5,002 characters)")


def test_secrets_inside_of_structures_are_hidden_too() -> None:
    text = shown("notify.0", {"type": "webhook", "url": "https://host/T0KEN", "token": "T0KEN"}) or ""

    assert "T0KEN" not in text


def test_what_is_not_there_is_not_null() -> None:
    assert shown("a", ABSENT) is None
