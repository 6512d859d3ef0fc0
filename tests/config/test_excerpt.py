from __future__ import annotations

from headrace.config.excerpt import excerpt, pointed
from headrace.errors import Place


def test_the_caret_stands_under_the_place() -> None:
    assert excerpt("a: 1\nkey: value\n", Place("f", 2, 6)) == "2 | key: value\n  |      ^"


def test_a_tab_takes_one_column() -> None:
    assert excerpt("\tb: 1\n", Place("f", 1, 1)) == "1 |  b: 1\n  | ^"


def test_a_long_line_is_cut_around_the_place() -> None:
    line = "x" * 300 + "HERE" + "y" * 300
    shown, caret = pointed(line, 300).splitlines()
    assert len(shown) < 120
    assert shown[caret.index("^") :].startswith("HERE")


def test_no_line_no_excerpt() -> None:
    assert excerpt("a\n", Place("f")) == ""
    assert excerpt("a\n", Place("f", 9, 1)) == ""
    assert excerpt("a\n", None) == ""
