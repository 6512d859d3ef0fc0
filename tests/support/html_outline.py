"""What a test asks of an HTML page: its headings, words, attributes, and whether its elements close."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "link", "br", "wbr", "img", "hr", "input"}
_NEVER_SHOWN = {"style", "script", "title"}
_INLINE = {"a", "b", "code", "em", "small", "span", "strong"}


@dataclass
class Outline:
    """A parsed page."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    text: str = ""
    style: str = ""
    title: str = ""
    unclosed: list[str] = field(default_factory=list)

    def named(self, tag: str) -> list[dict[str, str]]:
        """Attributes of every element of that name."""
        return [attributes for name, attributes in self.elements if name == tag]

    def attribute(self, name: str) -> list[str]:
        """Every value of an attribute."""
        return [attributes[name] for _, attributes in self.elements if name in attributes]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.outline = Outline()
        self.open: list[str] = []
        self.heading = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.outline.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self.open.append(tag)
        if tag in ("h1", "h2", "h3", "h4"):
            self.heading = ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.outline.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.outline.text += " "
        if not self.open or self.open.pop() != tag:
            self.outline.unclosed.append(tag)
        if tag in ("h1", "h2", "h3", "h4"):
            self.outline.headings.append((int(tag[1]), " ".join(self.heading.split())))

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        if inside == "style":
            self.outline.style += data
        if inside == "title":
            self.outline.title += data
        if inside not in _NEVER_SHOWN:
            self.outline.text += data
            self.heading += data


def outline(html: str) -> Outline:
    """Read a page."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    parser.outline.unclosed += parser.open
    parser.outline.text = " ".join(parser.outline.text.split())
    return parser.outline
