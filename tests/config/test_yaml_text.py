from __future__ import annotations

import pytest

from headrace.config.yaml_survey import UnfitError
from headrace.config.yaml_text import NotUtf8Error, check_characters, check_conflict, decode


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_other_encodings_are_named_by_their_mark(encoding: str) -> None:
    mark = "\ufeff" if encoding.endswith("be") else ""
    with pytest.raises(NotUtf8Error, match=f"the file is in {encoding[:6].upper()}") as caught:
        decode(f"{mark}a: 1\n".encode(encoding))
    assert "a: 1" in caught.value.shown


def test_a_byte_order_mark_is_dropped() -> None:
    assert decode(b"\xef\xbb\xbfa: 1\n") == "a: 1\n"


@pytest.mark.parametrize("marker", ["<<<<<<< HEAD", "=======", ">>>>>>> b", "||||||| 12ab", "<<<<<<<"])
def test_each_marker_of_a_conflict_is_seen(marker: str) -> None:
    with pytest.raises(UnfitError) as caught:
        check_conflict(f"a: 1\r\n{marker}\r\nb: 2\r\n")
    assert caught.value.point == (1, 0)


@pytest.mark.parametrize("text", ["a: |\n  =======\n", "a: <<<<<<<\n", "========\n", "a: é\u00a0ü\n"])
def test_what_is_no_marker(text: str) -> None:
    check_characters(text)


@pytest.mark.parametrize(("text", "point"), [("a: \0", (0, 3)), ("a\r\nb: \x07", (1, 3)), ("a\rb\u2028", (1, 1))])
def test_characters_that_yaml_does_not_allow(text: str, point: tuple[int, int]) -> None:
    with pytest.raises(UnfitError) as caught:
        check_characters(text)
    assert caught.value.point == point
