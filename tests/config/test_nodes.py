from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf
from omegaconf._utils import get_yaml_loader

from headrace.config import nodes
from headrace.errors import Place


def only(raw: bytes | str) -> tuple[str, str, int | None, int | None]:
    (problem,) = nodes.parse(raw if isinstance(raw, bytes) else raw.encode(), "x.yaml").problems
    assert problem.place is not None
    return problem.code, problem.message, problem.place.line, problem.place.column


def test_places_of_keys_and_values() -> None:
    document = nodes.parse(b"a:\n  b: 1\n  c: [x, {d: y}]\n", "conf/x.yaml")
    places = nodes.places(document)
    assert document.data == {"a": {"b": 1, "c": ["x", {"d": "y"}]}}
    assert places["a.b"] == (Place("conf/x.yaml", 2, 3), Place("conf/x.yaml", 2, 6))
    assert places["a.c.0"] == (None, Place("conf/x.yaml", 3, 7))
    assert places["a.c.1.d"] == (Place("conf/x.yaml", 3, 11), Place("conf/x.yaml", 3, 14))


def test_columns_count_characters_not_bytes() -> None:
    assert nodes.places(nodes.parse("é: [ü, x]\n".encode(), "f"))["é.1"][1] == Place("f", 1, 8)


def test_an_anchor_keeps_its_place_and_merge_keys_are_expanded() -> None:
    document = nodes.parse(b"base: &b {x: 1}\nother:\n  <<: *b\n  y: 2\n", "f")
    assert document.data["other"] == {"x": 1, "y": 2}
    assert nodes.places(document)["other.x"][1] == Place("f", 1, 14)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n"])
def test_an_empty_file_is_an_empty_mapping(text: str) -> None:
    document = nodes.parse(text.encode(), "f")
    assert (document.data, document.problems) == ({}, ())


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"a: 1\nb: \xff\n", ("HR101", "not UTF-8: byte 0xff", 2, 4)),
        ("a:\n\tb: 1\n", ("HR102", "a tab in the indentation", 2, 1)),
        ("a: 1\n  \tb: 2\n", ("HR102", "a tab in the indentation", 2, 3)),
        ("cron: @daily\n", ("HR102", "a plain text cannot begin with `@`", 1, 7)),
        ("a: b: c\n", ("HR102", "a text with `: ` in it", 1, 5)),
        ("a:\n  - [1, 2\nb: 3\n", ("HR102", "a list in [ ] is not closed", 2, 5)),
        ("a: 'x\n", ("HR102", "a quoted text is not closed", 1, 4)),
        ("a: 1\nb\n", ("HR102", "a key without `:`", 2, 1)),
        ("a: 1\nb: {c: 1\n\n\n", ("HR102", "a mapping in { } is not closed", 2, 4)),
        ("a: 1\n- b\n\n", ("HR102", "an item of no list", 2, 1)),
        ("a: \x07\n", ("HR102", "a character that YAML does not allow: U+0007", 1, 4)),
        ("a: 1\nb: 2\na: 3\n", ("HR103", "the key `a` is already there, on line 1", 3, 1)),
        ("x: {a: 1, a: 1}\n", ("HR103", "the key `a` is already there, on line 1", 1, 11)),
        ("1: a\n1: b\n", ("HR103", "the key `1` is already there, on line 1", 2, 1)),
        ("a: 1\n---\nb: 2\n", ("HR104", "a second YAML document starts here", 2, 1)),
        ("a: &a [*a]\n", ("HR105", "*a contains itself", 1, 8)),
        ("a: " + "[" * 60 + "]" * 60, ("HR105", "nested more than 50 levels deep", 1, 53)),
        ("a: !!python/name:os.system x\n", ("HR106", "the tag !!python/name:os.system is not supported", 1, 4)),
        ("? [a]\n: 1\n", ("HR106", "a list or mapping cannot be a key", 1, 3)),
        ("~: 1\n", ("HR106", "null cannot be a key", 1, 1)),
        ("just text\n", ("HR106", "the file is not a mapping of keys to values", 1, 1)),
        ("a: 1\n<<<<<<< HEAD\nb: 1\n", ("HR107", "a merge conflict is left in the file", 2, 1)),
    ],
)
def test_what_is_wrong_is_said_with_its_place(raw: bytes | str, expected: tuple[str, str, int, int]) -> None:
    assert only(raw) == expected


def test_aliases_are_counted_before_they_are_expanded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 40)]
    code, message, line, _ = only("\n".join(lines))
    assert (code, message, line) == ("HR105", "more than 20,000 values", 5)


def test_deep_block_sequences_do_not_exhaust_the_stack() -> None:
    assert only("- " * 5000 + "x\n")[0] == "HR105"


def test_all_duplicates_are_reported_at_once() -> None:
    problems = nodes.parse(b"a: 1\na: 2\nb: {c: 1, c: 2}\n", "f").problems
    assert [str(problem.place) for problem in problems] == ["f:2:1", "f:3:11"]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (problem,) = nodes.read(tmp_path / "absent.yaml", "absent.yaml").problems
    assert (problem.code, str(problem.place)) == ("HR101", "absent.yaml")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"\xef\xbb\xbf# @package _global_\na: 1\n")
    document = nodes.read(tmp_path / "f", "f")
    assert document.text.startswith("# @package")
    assert document.data == {"a": 1}


NUMBERS = [
    "1",
    "010",
    "0x1f",
    "1_000",
    "1e3",
    "1.",
    ".5",
    "-.5e-3",
    "1:30",
    "1:30.5",
    "+1",
    "0o17",
    "0b101",
    "1__0",
    ".nan",
    ".inf",
    "1e9999",
]
TEXTS = ["yes", "NO", "on", "~", "null", "2013-01-01", '"1"', "text", "$x", "1.2.3", "=", "-"]


def as_omegaconf(text: str) -> object:
    return yaml.load(text, Loader=get_yaml_loader())


@pytest.mark.parametrize("scalar", [*NUMBERS, *TEXTS])
def test_scalars_mean_what_they_mean_to_omegaconf(scalar: str) -> None:
    document = nodes.parse(f"a: {scalar}\n".encode(), "f")
    if document.data is None:
        with pytest.raises((yaml.YAMLError, ValueError)):
            as_omegaconf(f"a: {scalar}\n")
    else:
        assert repr(document.data) == repr(as_omegaconf(f"a: {scalar}\n"))


@given(st.from_regex(r"[-+.:0-9eExob_ny~]{1,8}", fullmatch=True))
def test_number_like_texts_mean_what_they_mean_to_omegaconf(scalar: str) -> None:
    document = nodes.parse(f"a: {scalar}\n".encode(), "f")
    if document.data is not None:
        assert repr(document.data) == repr(as_omegaconf(f"a: {scalar}\n"))
        assert repr(OmegaConf.to_container(OmegaConf.create(document.data))) == repr(document.data)
