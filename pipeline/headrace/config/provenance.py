"""Where each composed value was written: the defaults list is replayed over the files' marks.

The rules are OmegaConf's: mappings merge, everything else replaces, and `???` replaces nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from headrace.config.nodes import Written
from headrace.errors import Place
from headrace.plan.model import How, Writing

MISSING = "???"
#: A text that was replaced is kept to be recognised, not to be read.
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Located:
    """Dotted path -> place of the value, of its key, and what else was written there."""

    places: dict[str, Place] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)
    history: dict[str, tuple[Writing, ...]] = field(default_factory=dict)


def embed(package: str, written: Written) -> Written:
    """The same value below the dotted keys of its package."""
    for name in reversed(package.split(".") if package else []):
        written = Written(written.at, children={name: replace(written, key=written.key or written.at)})
    return written


def merge(below: Written | None, above: Written) -> Written:
    """What stands after `above` was merged into `below`, which it remembers; a merged mapping keeps its first place."""
    if below is None:
        return above
    if above.children is None and above.text == MISSING:
        return below
    if not (below.is_mapping and above.is_mapping):
        return replace(above, below=below)
    children = dict(below.children or {})
    for name, child in (above.children or {}).items():
        children[name] = merge(children.get(name), child)
    return replace(below, children=children)


def clashes(below: Written | None, above: Written, path: str = "") -> Iterator[tuple[str, Written, Written]]:
    """Paths at which a list meets a mapping: those do not merge."""
    if below is None or below.children is None or above.children is None:
        return
    if below.is_list != above.is_list:
        yield path, below, above
    elif below.is_mapping:
        for name, child in above.children.items():
            yield from clashes(below.children.get(name), child, f"{path}.{name}" if path else name)


def from_value(value: Any, place: Place) -> Written:
    """A value that was written in one place as a whole, as an override is."""
    if isinstance(value, dict):
        return Written(place, place, children={str(name): from_value(item, place) for name, item in value.items()})
    if isinstance(value, list):
        items = {str(index): from_value(item, place) for index, item in enumerate(value)}
        return Written(place, place, children=items, is_list=True)
    return Written(place, place, text=str(value))


def put(written: Written, path: Sequence[str], value: Written) -> Written:
    """The tree with a value merged in at a path; parents that are not there come from the value's place."""
    if not path:
        merged = replace(value, below=written) if value.children is None else merge(written, value)
        return replace(merged, key=written.key or merged.key)
    children = dict(written.children or {})
    below = children.get(path[0])
    if below is None and len(path) == 1:
        children[path[0]] = value
    else:
        if below is None or (below.children is None and len(path) > 1):
            below = Written(value.at, value.at, children={}, below=below)
        children[path[0]] = put(below, path[1:], value)
    return replace(written, children=children)


def remove(written: Written, path: Sequence[str]) -> Written:
    """The tree without the value at a path."""
    if written.children is None or path[0] not in written.children:
        return written
    children = dict(written.children)
    if len(path) == 1:
        del children[path[0]]
    else:
        children[path[0]] = remove(children[path[0]], path[1:])
    return replace(written, children=children)


def find(written: Written, path: Sequence[str]) -> Written | None:
    """What is written at a path."""
    found: Written | None = written
    for name in path:
        found = (found.children or {}).get(name) if found else None
    return found


def leaves(written: Written) -> Iterator[tuple[str, Written]]:
    """Everything below that is not a mapping with keys of its own, with its dotted path."""
    return ((path, item) for path, item in _outer(written, "") if path)


def _outer(written: Written, path: str) -> Iterator[tuple[str, Written]]:
    if not written.is_mapping or not written.children:
        yield path, written
        return
    for name, child in written.children.items():
        yield from _outer(child, f"{path}.{name}" if path else name)


def text_of(written: Written) -> str:
    """A value as one line of YAML, shortened where it is long."""
    text = " ".join(_flow(written).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _flow(written: Written) -> str:
    if written.children is None:
        return written.text
    if written.is_list:
        return f"[{', '.join(map(_flow, written.children.values()))}]"
    return "{" + ", ".join(f"{name}: {_flow(child)}" for name, child in written.children.items()) + "}"


def chain(written: Written, how: How = "replaced") -> tuple[Writing, ...]:
    """This and all that it stands on, the latest first."""
    found = [Writing(written.at, text_of(written), how)]
    below = written.below
    while below is not None:
        found.append(Writing(below.at, text_of(below)))
        below = below.below
    return tuple(found)


def _history(written: Written) -> tuple[Writing, ...]:
    """What a reader of the value does not see: the text of an interpolation, and what was replaced."""
    resolved = "${" in written.text
    if not resolved and written.below is None:
        return ()
    found = chain(written, "written")
    return found if resolved else found[1:]


def locate(values: Any, written: Written) -> Located:
    """The place of every value; one that an interpolation brought in has the interpolation's."""
    located = Located()
    located.places[""] = written.at
    _locate(values, written, written.at, "", located)
    return located


def _locate(value: Any, written: Written | None, place: Place, path: str, into: Located) -> None:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        child = (written.children or {}).get(str(name)) if written else None
        inner = f"{path}.{name}" if path else str(name)
        if child is None:
            at = place
        else:
            # A mapping's place is its key, if it was written where the key was: an override may have replaced it.
            own_key = child.key if child.children and child.key and child.key.file == child.at.file else None
            at = own_key or child.at
            into.keys[inner] = child.key or child.at
            if history := _history(child):
                into.history[inner] = history
        into.places[inner] = at
        _locate(item, child, at, inner, into)
