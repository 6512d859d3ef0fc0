"""Text in Markdown, as Airflow's pages show it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from headrace_airflow.spec.markdown import lines


def test_each_line_is_a_span_of_its_own_and_keeps_its_indentation() -> None:
    """In a fenced block Airflow would run them together."""
    assert lines("a.yaml:1:1: error\n  1 | gatez:\n    | ^") == (
        "`a.yaml:1:1: error`  \n`\u00a0\u00a01 | gatez:`  \n`\u00a0\u00a0\u00a0\u00a0| ^`"
    )


def test_blank_lines_part_paragraphs() -> None:
    assert lines("one\n\ntwo\n") == "`one`\n\n`two`"


def test_ticks_within_end_nothing() -> None:
    assert lines("unknown key `gatez`") == "`` unknown key `gatez` ``"
    assert lines("`` x") == "``` `` x ```"


@given(st.text(alphabet="`a <*", min_size=1).filter(lambda text: text.strip()))
def test_nothing_leaves_its_span(text: str) -> None:
    made = lines(text)
    fence = made[: len(made) - len(made.lstrip("`"))]
    inner = made[len(fence) : -len(fence)]

    assert made.endswith(fence)
    assert fence not in inner
    assert not inner.startswith("`")
    assert not inner.endswith("`")
    assert inner.replace("\u00a0", " ").strip() == text.strip()
