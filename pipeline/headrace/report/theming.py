"""Pictures inside a page: only what draws is kept, and their colours and font become the page's."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from headrace.report.painting.palette import PALETTE

_TAGS = {"svg", "g", "path", "defs", "use", "text", "tspan", "clipPath", "rect", "circle", "line", "polyline"}
_ATTRIBUTES = {
    "id", "d", "x", "y", "x1", "x2", "y1", "y2", "r", "cx", "cy", "points", "width", "height", "transform", "viewBox",
    "style", "clip-path", "href",
}  # fmt: skip
_FONT = re.compile(r"font-family:[^;]*;?")
_REFERENCE = re.compile(r"url\(\s*#")


def inline(svg: str, name: str, description: str) -> str | None:
    """An SVG element for an HTML page; None if the text is no SVG.

    Scripts, styles, links and whatever else does not draw are dropped; ids get the picture's name in front, so that
    pictures do not meet; colours of the palette become the page's variables, which follow light and dark.
    """
    try:
        root = ET.fromstring(svg)  # noqa: S314 (expat refuses entity bombs, and does not fetch)
    except (ET.ParseError, ValueError):
        return None
    if _local(root.tag) != "svg":
        return None
    picture = _kept(root, name)
    for attribute in ("width", "height"):
        picture.attrib.pop(attribute, None)
    picture.set("role", "img")
    picture.set("aria-label", description)
    return ET.tostring(picture, encoding="unicode")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _kept(element: ET.Element, name: str) -> ET.Element:
    made = ET.Element(_local(element.tag))
    for key, value in element.attrib.items():
        attribute = _local(key)
        text = _attribute(attribute, value, name) if attribute in _ATTRIBUTES else None
        if text is not None:
            made.set(attribute, text)
    if made.tag in ("text", "tspan"):
        made.text = element.text
    for child in element:
        if isinstance(child.tag, str) and _local(child.tag) in _TAGS:
            made.append(_kept(child, name))
    return made


def _attribute(attribute: str, value: str, name: str) -> str | None:
    """The attribute's text in the page; None if it points elsewhere."""
    if attribute == "id":
        return f"{name}-{value}"
    if attribute == "href":
        return f"#{name}-{value[1:]}" if value.startswith("#") else None
    if attribute not in ("style", "clip-path"):
        return " ".join(value.split())
    if value.count("url(") != len(_REFERENCE.findall(value)) or "@import" in value:
        return None
    value = _FONT.sub("", _REFERENCE.sub(f"url(#{name}-", value))
    for role, colour in PALETTE.items():
        value = value.replace(colour, f"var(--{role})")
    return value.strip()
