from __future__ import annotations

from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from headrace.config.nodes import parse
from headrace.scaffold.write.yaml_text import comment, entry, flow, scalar, text

#: What a name can hold after a header was cleaned: anything that can be printed.
NAMES = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn", "Co"), exclude_characters="\ufeff"), min_size=1
)
WORDS = st.sampled_from(
    ["null", "Yes", "off", "1e3", "010", "1:30", "~", "- a", "a: b", "a #b", "#", "'", '"', "${x}", "\\${x}", "=", "%",
     "@a", "*a", "&a", "!a", "{a}", "[a]", "a,b", " a", "a ", "2013-01-01", "0x1F", ".5", ".nan", "<<", "---", "a\tb"]
)  # fmt: skip
VALUES = st.one_of(st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False), NAMES, WORDS)


def _read(written: str) -> Any:
    """As a pipeline's configuration is read: by headrace's own parser, then with interpolations resolved."""
    document = parse(written.encode(), "test.yaml")
    assert not document.problems, document.problems
    return OmegaConf.to_container(OmegaConf.create(document.data), resolve=True)


@settings(deadline=None, max_examples=300)
@given(VALUES)
def test_a_value_reads_back_as_it_was(value: Any) -> None:
    assert _read(f"a: {scalar(value)}\n") == {"a": value}


@settings(deadline=None, max_examples=200)
@given(st.lists(st.one_of(NAMES, WORDS)), st.one_of(NAMES, WORDS.filter(lambda word: word != "<<")))
def test_lists_and_keys_read_back_as_they_were(values: list[str], key: str) -> None:
    lines = "\n".join(entry("rules", {key: {"values": values}}))
    read = _read(lines + "\n")["rules"]
    assert list(read.values()) == [{"values": values}]
    if "${" not in key:
        assert list(read) == [key]


def test_plain_words_stay_plain() -> None:
    assert [text(word) for word in ("age", "mean radius", "Body Mass (g)")] == ["age", "mean radius", "Body Mass (g)"]
    assert text("no") == '"no"'


def test_a_long_list_becomes_a_block_and_a_short_one_a_line() -> None:
    assert entry("a", ["red", "blue"]) == ["a: [red, blue]"]
    assert entry("b", [f"a long name {n}" for n in range(20)], 2)[:2] == ["  b:", "    - a long name 0"]
    assert flow({"a": [1, None], "b": True}) == "{a: [1, null], b: true}"


def test_a_comment_can_hold_no_line_of_its_own() -> None:
    assert comment("a\nb: c", 2) == ["  # a b: c"]
    assert all(line.startswith("# ") for line in comment("word " * 100))
    assert yaml.safe_load("\n".join(entry("a", 1, note="x\ny: 2"))) == {"a": 1}
