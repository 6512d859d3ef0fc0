from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from headrace.change.document import Change, FeatureChange, GateChange, PipelineChange, Risk, ValueChange
from headrace.change.markdown import as_markdown, code, plain

NASTY = [
    "a | b",
    "`code`",
    "``",
    "<script>alert(1)</script>",
    "![x](https://evil.example/pixel.png)",
    "[x](javascript:alert)",
    "@octocat fixes #1 and GH-2",
    "https://evil.example www.evil.example",
    "line one\n\n# a title\n| a | b |\n|---|---|",
    "</details></td>",
    "&lt;b&gt; &#64;octocat",
    "\\`escaped\\`",
    ":tada: $x$ ~~gone~~ **bold** _under_",
]


@pytest.mark.parametrize("text", NASTY)
def test_a_code_span_ends_where_it_should(text: str) -> None:
    span = code(text)

    fence = span[: len(span) - len(span.lstrip("`"))]
    inside = span[len(fence) : -len(fence)]
    assert span.endswith(fence)
    assert fence not in inside.replace("`" * (len(fence) + 1), "")
    assert "\n" not in span
    assert max((len(run) for run in inside.split() if set(run) == {"`"}), default=0) != len(fence)


@pytest.mark.parametrize("text", NASTY)
def test_plain_text_has_no_sign_that_means_something(text: str) -> None:
    escaped = plain(text)

    for sign in "<>`*[]|@~!\\":
        assert sign not in escaped
    assert "://" not in escaped
    assert "www." not in escaped
    assert "GH-" not in escaped
    assert "\n" not in escaped


@pytest.mark.parametrize("text", NASTY)
def test_a_table_keeps_its_columns_whatever_yaml_says(text: str) -> None:
    value = ValueChange("description", text, text, None, None, ("p",))
    risk = Risk("high", text, text, ("p",))
    gates = (GateChange("m", "changed", text, text, "larger"),)
    features = (FeatureChange(text, "added"),)
    pipeline = PipelineChange("p", "changed", text, gates=gates, features=features)
    page = as_markdown(Change("HEAD", "c" * 40, "2026-01-01", (pipeline,), 0, (value,), (risk,), (), (text,)))

    for line in page.splitlines():
        if line.startswith("|"):
            cells = line.replace("\\|", "").split("|")
            assert len(cells) - 2 in (2, 5)
    tokens = MarkdownIt("commonmark").enable("table").parse(page)
    inline = {child.type for token in tokens for child in token.children or ()}
    assert inline <= {"text", "code_inline", "softbreak"}
    blocks = "".join(token.content for token in tokens if token.type == "html_block")
    assert blocks == "<details><summary><code>p</code></summary>\n</details>\n"
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h3", "h4", "h4"]


def test_nothing_to_tell() -> None:
    page = as_markdown(Change("HEAD", "c" * 40, "2026-01-01T00:00", (), 3))

    said = "Compared with HEAD (cccccccccc, 2026-01-01)&#58; nothing changes in what 3 pipelines do."
    assert page == f"### headrace plan\n\n{said}\n"


def test_many_values_are_counted() -> None:
    values = tuple(ValueChange(f"a.{number}", "1", "2", None, None, ("p",)) for number in range(60))

    page = as_markdown(Change("HEAD", "c" * 40, "2026-01-01", (PipelineChange("p", "changed"),), 0, values))

    assert "and 35 more values" in page
