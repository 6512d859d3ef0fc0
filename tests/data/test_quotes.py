from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.data.quotes import QuoteWatch


def doubtful(text: str, *, size: int = 1 << 20, quote: str = '"') -> bool:
    watch = QuoteWatch(quote, ",")
    content = text.encode()
    for start in range(0, len(content), size):
        watch.see(content[start : start + size])
    watch.end()
    return watch.is_doubtful


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", False),
        ('"a","b"\r\n"1",""\r\n', False),
        ('"a ""b"" c",2\n', False),
        ('"""",2\n', False),
        ('"a\n,b",2', False),
        ('1,"2"', False),
        ('1,"2', True),
        ('1,"2\n3,4\n', True),
        ('1,"2\n3,"4\n', True),
        ('5" pipe,2\n6" pipe,3\n', True),
        ('"Big" Al,2\n', True),
        (' "a",2\n', True),
    ],
)
def test_only_neat_quoting_is_beyond_doubt(text: str, expected: bool, size: int) -> None:
    assert doubtful(text, size=size) == expected


def test_without_quoting_nothing_is_doubtful() -> None:
    assert not doubtful('5" pipe\n', quote="")


field = st.text(st.sampled_from('a",\n\r é'), max_size=6)


@given(st.lists(st.lists(field, min_size=2, max_size=2), min_size=1, max_size=5), st.integers(1, 9))
def test_what_the_csv_module_writes_is_never_doubtful(rows: list[list[str]], size: int) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    assert not doubtful(text.getvalue(), size=size)


@given(st.text(st.sampled_from('a",\n'), max_size=12), st.integers(1, 5))
def test_how_the_bytes_are_cut_makes_no_difference(text: str, size: int) -> None:
    assert doubtful(text, size=size) == doubtful(text)
