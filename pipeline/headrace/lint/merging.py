"""Many pipelines share their files: what is wrong with one is said once, with the pipelines that it is in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from headrace.config.excerpt import excerpt
from headrace.errors import Diagnostic, Place

#: Between the names in `Diagnostic.pipeline`, where a problem is in several.
SEPARATOR = ", "


def merged(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Each problem once; `pipeline` names all that have it, with a comma and a space between."""
    pipelines: dict[Diagnostic, list[str]] = {}
    for diagnostic in found:
        names = pipelines.setdefault(replace(diagnostic, pipeline=None), [])
        if diagnostic.pipeline and diagnostic.pipeline not in names:
            names.append(diagnostic.pipeline)
    for diagnostic, names in pipelines.items():
        yield replace(diagnostic, pipeline=SEPARATOR.join(names) or None)


def first_at_each_place(first: Iterable[Diagnostic], then: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """`first`, and of `then` what stands where the others say nothing."""
    said = set()
    for diagnostic in first:
        said.add(diagnostic.place)
        yield diagnostic
    yield from (diagnostic for diagnostic in then if diagnostic.place not in said)


def by_place(diagnostic: Diagnostic) -> tuple[bool, str, int, int]:
    """Sorts by file, line and column; what is about no file comes last."""
    place = diagnostic.place or Place("")
    return place.line is None and "/" not in place.file, place.file, place.line or 0, place.column or 0


def with_excerpt(diagnostic: Diagnostic, text_of: Callable[[str], str]) -> Diagnostic:
    """The same with the line that it is about, if it lacks that."""
    if diagnostic.excerpt or diagnostic.place is None or diagnostic.place.line is None:
        return diagnostic
    return replace(diagnostic, excerpt=excerpt(text_of(diagnostic.place.file), diagnostic.place))
