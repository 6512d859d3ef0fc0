from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from headrace.report.painting.palette import PALETTE
from headrace.report.theming import inline

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="10pt" height="5pt" {}'


def inlined(body: str, attributes: str = 'viewBox="0 0 10 5">') -> ET.Element:
    text = inline(_SVG.format(attributes) + body + "</svg>", "roc", "What it <shows>")
    assert text is not None
    return ET.fromstring(text)


def test_a_picture_is_described_and_as_wide_as_its_place() -> None:
    root = inlined("")
    assert root.attrib == {"viewBox": "0 0 10 5", "role": "img", "aria-label": "What it <shows>"}


def test_ids_of_two_pictures_do_not_meet() -> None:
    root = inlined('<path id="m" d="M 0 0"/><use xlink:href="#m"/><g clip-path="url(#m)" style="mask: url(#m)"/>')
    assert root[0].get("id") == "roc-m"
    assert root[1].get("href") == "#roc-m"
    assert root[2].get("clip-path") == "url(#roc-m)"
    assert root[2].get("style") == "mask: url(#roc-m)"


def test_colours_and_fonts_become_the_page_s() -> None:
    root = inlined(f"<text style=\"font-family: 'DejaVu Sans'; fill: {PALETTE['ink']}\">{PALETTE['ink']}</text>")
    assert root[0].get("style") == "fill: var(--ink)"
    assert root[0].text == PALETTE["ink"]


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<style>* {display: none}</style>",
        '<foreignObject><img src="x"/></foreignObject>',
        '<image href="http://example.com/x.png"/>',
        "<a><animate/></a>",
    ],
)
def test_what_does_not_draw_is_dropped(body: str) -> None:
    assert list(inlined(body)) == []


@pytest.mark.parametrize(
    "attribute",
    [
        'onload="alert(1)"',
        'xlink:href="http://example.com"',
        'style="fill: url(http://example.com)"',
        "style=\"fill: url('#x') url(#y)\"",
        'clip-path="url(//example.com)"',
        'class="hero"',
    ],
)
def test_attributes_that_reach_out_are_dropped(attribute: str) -> None:
    assert inlined(f"<use {attribute}/>")[0].attrib == {}


@pytest.mark.parametrize(
    "text", ["", "plain", "<svg>", "<html></html>", '<!DOCTYPE x [<!ENTITY a "b">]><svg>&c;</svg>']
)
def test_what_is_no_picture_is_none(text: str) -> None:
    assert inline(text, "x", "y") is None
