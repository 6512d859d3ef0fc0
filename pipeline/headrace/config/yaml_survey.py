"""Looks through YAML before it is built: how much it would become."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml


class Point(NamedTuple):
    """A position in a text, counted from 0."""

    line: int
    column: int


class UnfitError(Exception):
    """YAML that is not built, with the code of the reason and where it shows."""

    def __init__(self, code: str, message: str, point: Point, remedy: str) -> None:
        super().__init__(message)
        self.code, self.point, self.remedy = code, point, remedy


@dataclass(slots=True)
class _Survey:
    """What was counted so far. An alias counts as much as what it stands for."""

    nodes: int = 0
    documents: int = 0
    open: list[tuple[str | None, int]] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)


def check(text: str, max_nodes: int, max_depth: int, tags: Collection[str]) -> None:
    """Raise UnfitError for several documents, too many nodes, too deep nesting, endless aliases or foreign tags.

    Reads the stream of parser events and builds nothing: a few bytes of aliases can stand for gigabytes.
    Raises yaml.YAMLError where the syntax is broken.
    """
    survey = _Survey()
    events: Iterator[Any] = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for event in events:
        point = Point(event.start_mark.line, event.start_mark.column)
        _count(survey, event, point)
        if isinstance(event, yaml.DocumentStartEvent) and (event.version or event.tags):
            raise UnfitError("HR106", "directives such as %YAML are not supported", Point(0, 0), "delete the line")
        if survey.documents > 1:
            raise UnfitError("HR104", "a second YAML document starts here", point, "keep one document in a file")
        if survey.nodes > max_nodes:
            raise UnfitError("HR105", f"more than {max_nodes:,} values", point, "use fewer aliases, or split the file")
        if len(survey.open) > max_depth:
            raise UnfitError("HR105", f"nested more than {max_depth} levels deep", point, "flatten it")
        _check_tag(event, tags, point)


def _count(survey: _Survey, event: Any, point: Point) -> None:
    if isinstance(event, yaml.DocumentStartEvent):
        survey.documents += 1
    elif isinstance(event, yaml.AliasEvent):
        if any(anchor == event.anchor for anchor, _ in survey.open):
            raise UnfitError("HR105", f"*{event.anchor} contains itself", point, "write the value out")
        survey.nodes += survey.sizes.get(str(event.anchor), 1)
    elif isinstance(event, yaml.ScalarEvent):
        survey.nodes += 1
        if event.anchor:
            survey.sizes[event.anchor] = 1
    elif isinstance(event, yaml.CollectionStartEvent):
        survey.open.append((event.anchor, survey.nodes))
        survey.nodes += 1
    elif isinstance(event, yaml.CollectionEndEvent):
        anchor, before = survey.open.pop()
        if anchor:
            survey.sizes[anchor] = survey.nodes - before


def _check_tag(event: Any, tags: Collection[str], point: Point) -> None:
    tag = getattr(event, "tag", None)
    if tag is not None and tag not in ("!", *tags):
        shown = tag.replace("tag:yaml.org,2002:", "!!")
        raise UnfitError("HR106", f"the tag {shown} is not supported", point, "write a plain value without a tag")


def point_of(text: str, index: int) -> Point:
    """Line and column of a character, both from 0."""
    lines = text[:index].splitlines(keepends=True)
    if not lines or lines[-1].splitlines() != [lines[-1]]:
        return Point(len(lines), 0)
    return Point(len(lines) - 1, len(lines[-1]))
