"""Which values mean something else: compared as values, so that a comment, an order of keys or a new place is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from headrace.change.document import ValueChange
from headrace.change.showing import ABSENT, HIDDEN, shown
from headrace.errors import Place
from headrace.plan.model import Plan, canonical

#: Told apart by parts of their own: the pipeline's name by its renaming, the SQL's text by what it computes.
_TOLD_ELSEWHERE = ("name", "dataset.transform.query")
#: Up to here lists are shown whole.
_SHORT = 48


@dataclass(frozen=True, slots=True)
class Difference:
    """One path at which two configurations differ."""

    path: str
    before: Any
    """`ABSENT` where there was nothing."""
    after: Any
    before_path: str
    """The path that the value had: items of a list move up and down."""


def differences(before: Any, after: Any, path: str = "", before_path: str | None = None) -> Iterator[Difference]:
    """Every leaf that differs; lists of mappings are compared item by item, each with the one it came from."""
    was = path if before_path is None else before_path
    if isinstance(after, Mapping) and (before is None or before is ABSENT):
        before = {} if after else before
    elif isinstance(before, Mapping) and (after is None or after is ABSENT):
        after = {} if before else after
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            inner = (_join(path, key), _join(was, key))
            yield from differences(before.get(key, ABSENT), after.get(key, ABSENT), *inner)
    elif _holds_mappings(before, after):
        yield from _items(before, after, path, was)
    elif not _equal(before, after):
        yield Difference(path, before, after, was)


def value_changes(before: Plan, after: Plan) -> tuple[ValueChange, ...]:
    """What changed in a pipeline's configuration, with both places."""
    return tuple(
        _change(found, before, after)
        for found in differences(before.spec, after.spec)
        if found.path not in _TOLD_ELSEWHERE
    )


def merged(changes: Sequence[ValueChange]) -> tuple[ValueChange, ...]:
    """An edit of a shared file told once, with the pipelines that it reaches."""
    reached: dict[ValueChange, tuple[str, ...]] = {}
    for change in changes:
        key = replace(change, pipelines=())
        reached[key] = (*reached.get(key, ()), *change.pipelines)
    return tuple(replace(key, pipelines=names) for key, names in reached.items())


def _change(found: Difference, before: Plan, after: Plan) -> ValueChange:
    old, new = texts(found)
    return ValueChange(
        found.path,
        old,
        new,
        _place(before, found.before_path) if found.before is not ABSENT else None,
        _place(after, found.path) if found.after is not ABSENT else None,
        (after.pipeline,),
    )


def texts(found: Difference) -> tuple[str | None, str | None]:
    """Both values as they may be shown; of long lists only what went and what came."""
    old, new = shown(found.before_path, found.before), shown(found.path, found.after)
    if old == new == HIDDEN:
        return old, "(hidden, another one)"
    if not _both_lists(found.before, found.after) or max(len(old or ""), len(new or "")) <= _SHORT:
        return old, new
    gone = [shown(found.path, item) or "" for item in found.before if item not in found.after]
    come = [shown(found.path, item) or "" for item in found.after if item not in found.before]
    parts = [f"without {', '.join(gone)}"] if gone else []
    parts += [f"with {', '.join(come)}"] if come else []
    return f"{len(found.before)} items", " and ".join(parts) or "the same in another order"


def _both_lists(before: Any, after: Any) -> bool:
    return isinstance(before, list | tuple) and isinstance(after, list | tuple)


def _place(plan: Plan, path: str) -> Place | None:
    """Where the value was written; a list written as a whole has the list's place. None for the schema's default."""
    while path:
        if path in plan.places:
            return plan.places[path]
        parent, _, last = path.rpartition(".")
        if not last.isdigit():
            return None
        path = parent
    return None


def _items(before: Sequence[Any], after: Sequence[Any], path: str, was: str) -> Iterator[Difference]:
    olds, news = [canonical(item) for item in before], [canonical(item) for item in after]
    for tag, start, end, first, last in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for offset in range(max(end - start, last - first)):
            old, new = start + offset, first + offset
            here, there = _join(path, new if new < last else old), _join(was, old if old < end else new)
            if old < end and new < last:
                yield from differences(before[old], after[new], here, there)
            elif old < end:
                yield Difference(there, before[old], ABSENT, there)
            else:
                yield Difference(here, ABSENT, after[new], here)


def _holds_mappings(before: Any, after: Any) -> bool:
    if not _both_lists(before, after):
        return False
    return any(isinstance(item, Mapping) for item in (*before, *after))


def _equal(before: Any, after: Any) -> bool:
    if before is ABSENT or after is ABSENT:
        return before is after
    return canonical(before) == canonical(after)


def _join(path: str, key: Any) -> str:
    return f"{path}.{key}" if path else str(key)
