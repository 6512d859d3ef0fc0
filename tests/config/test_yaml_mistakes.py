from __future__ import annotations

import pytest

from headrace.config import nodes


def told(text: str) -> list[tuple[str, int | None, int | None, str]]:
    found = nodes.parse(text.encode(), "f").problems
    return [(item.code, item.place.line, item.place.column, item.remedy) for item in found if item.place]


@pytest.mark.parametrize(
    ("scalar", "remedy"),
    [
        ("010", 'write 10 for the number, or quotes round it for the text: "010"'),
        ("-010", 'write -10 for the number, or quotes round it for the text: "-010"'),
        ("08", 'write 8 for the number, or quotes round it for the text: "08"'),
        ("0o17", 'write 15 for the number, or quotes round it for the text: "0o17"'),
        ("0b11", 'write 3 for the number, or quotes round it for the text: "0b11"'),
        ("1_000", 'write 1000 for the number, or quotes round it for the text: "1_000"'),
        ("1:30", 'put quotes round it ("1:30"), or write 90 for the number'),
        ("1:30:00", 'put quotes round it ("1:30:00"), or write 5400 for the number'),
    ],
)
def test_numbers_in_disguise(scalar: str, remedy: str) -> None:
    assert told(f"a: {scalar}\n") == [("HR116", 1, 4, remedy)]


@pytest.mark.parametrize("scalar", ["0", "10", "1.50", "1e3", "0x1F", "'010'", "2024-01-01", "12:30pm", "a_b", "0.10"])
def test_what_everybody_reads_alike(scalar: str) -> None:
    assert told(f"a: {scalar}\n") == []


def test_keys() -> None:
    assert told("no: 1\n") == [("HR117", 1, 1, 'put quotes round it: "no"')]
    assert told("{a:b, c: 1}\n") == [("HR102", 1, 3, "write `a: b`")]
    assert told("a: {b: 0,65}\n")[0][:3] == ("HR102", 1, 10)
    assert told("a: &a {}\nb: {<<: *a, <<: *a}\n")[0][:3] == ("HR103", 2, 13)


def test_lines_that_go_on_with_the_text_above() -> None:
    assert told("a:\n  - b\n    - c\n")[0][:3] == ("HR102", 3, 5)
    assert told("a: some words\n  and more: of it, as text\n")[0][0] == "HR102"
    assert told("a: some words\n  and more of it\n") == []


def test_a_value_with_mistakes_is_built_all_the_same() -> None:
    assert nodes.parse(b"a: 010\n", "f").data == {"a": 8}
