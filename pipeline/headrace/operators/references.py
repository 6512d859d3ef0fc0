"""Values that are known only in a run: `{from: TASK}`, what a task returned, and `{run: FACT}`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

#: What a task may be told of its run.
RUN_FACTS = ("run_id", "as_of", "partition")
_KINDS = ("from", "run")


class Reference(NamedTuple):
    """One such value: its kind, `from` or `run`, and the name of the task or fact."""

    kind: str
    name: str


def reference(value: Any) -> Reference | None:
    """The reference that a value is, if it is one: a mapping of `from` or `run` alone to a text."""
    if not isinstance(value, dict) or len(value) != 1:
        return None
    kind, name = next(iter(value.items()))
    return Reference(kind, name) if kind in _KINDS and isinstance(name, str) else None


def references(value: Any, path: str = "") -> Iterator[tuple[str, Reference]]:
    """Every reference in a nested value, with its dotted path."""
    found = reference(value)
    if found is not None:
        yield path, found
        return
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield from references(item, f"{path}.{name}" if path else str(name))


def given(task: Mapping[str, Any]) -> dict[str, Any]:
    """All that a task is told, by the key of the configuration that tells it."""
    return {key: task[key] for key in ("args", "expand", "expand_kwargs") if task.get(key)}


def waits_for(task: Mapping[str, Any]) -> tuple[str, ...]:
    """The stages and tasks that a task comes after: those it names, and those whose results it is given."""
    used = (found.name for _, found in references(given(task)) if found.kind == "from")
    return tuple(dict.fromkeys([*task["after"], *used]))
