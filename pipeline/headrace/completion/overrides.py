"""Override words: `model=ridge`, `model.params.alpha=`, from the plan that was compiled last and the schema files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from headrace.completion.schema_file import SchemaFile, read_schema
from headrace.plan.cache import last_compiled
from headrace.project import Project

_SIGNS = "+~"


def override_words(project: Project, pipeline: str, word: str, before: Sequence[str] = ()) -> Iterable[str]:
    """Words that begin as `word` does. `before` are the words already said: another model has other parameters."""
    bare = word.lstrip(_SIGNS)
    sign = word[: len(word) - len(bare)]
    key, equals, value = bare.partition("=")
    if equals:
        return [f"{sign}{key}={option}" for option in _values(project, pipeline, key, value, before)]
    ending = "" if sign.startswith("~") else "="
    groups = _groups(project) if "." not in key else []
    return [
        *(f"{sign}{group}{ending}" for group in groups),
        *(f"{sign}{path}" for path in _paths(project, pipeline, key, ending, before)),
    ]


def keys(project: Project, pipeline: str, word: str) -> Iterable[str]:
    """Dotted keys that begin as `word` does, level by level."""
    return _paths(project, pipeline, word, "", ())


def _paths(project: Project, pipeline: str, key: str, ending: str, before: Sequence[str]) -> Iterator[str]:
    parent, dot, _ = key.rpartition(".")
    at = _Configuration(project, pipeline, before)
    for name, is_mapping in at.children(parent.split(".") if dot else []):
        yield f"{parent}{dot}{name}{'.' if is_mapping else ending}"


def _values(project: Project, pipeline: str, key: str, value: str, before: Sequence[str]) -> Iterable[str]:
    """Options of a group, or the closed choices of a key; after a comma, those that a sweep has not yet."""
    options = _options(project, key) or _Configuration(project, pipeline, before).choices(key.split("."))
    done, comma, _ = value.rpartition(",")
    return [f"{done}{comma}{option}" for option in options if option not in done.split(",")]


def _groups(project: Project) -> list[str]:
    """Folders of conf/ but for the pipelines: what `GROUP=OPTION` may name."""
    return [name for name in _listed(project, "") if name != "pipeline" and os.path.isdir(project.conf / name)]


def _options(project: Project, group: str) -> list[str]:
    return [name.removesuffix(".yaml") for name in _listed(project, group) if name.endswith(".yaml")]


def _listed(project: Project, group: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(project.conf / group) if not name.startswith("."))
    except (OSError, ValueError):
        return []


class _Configuration:
    """What is known of a pipeline's values: its last plan, and the schema where editors have it."""

    def __init__(self, project: Project, pipeline: str, before: Sequence[str]) -> None:
        plan = last_compiled(project, pipeline)
        self._spec: dict[str, Any] = dict(plan.spec) if plan is not None else {}
        self._schema: SchemaFile = read_schema(project)
        chosen = [word.partition("=")[2] for word in before if word.startswith("model=")]
        estimator = self._schema.estimator_of(project, chosen[-1]) if chosen else None
        if estimator is not None:
            self._spec["model"] = {"type": estimator, **_without(self._spec.get("model"), "type", "params")}

    def children(self, path: Sequence[str]) -> list[tuple[str, bool]]:
        """The keys below a path, and whether each holds more keys."""
        value = self._at(path)
        found = {str(name): isinstance(inner, Mapping) for name, inner in value.items()}
        for name, is_mapping in self._schema.children(path, self._spec):
            found.setdefault(name, is_mapping)
        return sorted(found.items())

    def choices(self, path: Sequence[str]) -> list[str]:
        """The closed choices of a key, `true` and `false` included."""
        found = self._schema.choices(path, self._spec)
        value = self._at(path[:-1]).get(path[-1])
        return found or (["true", "false"] if isinstance(value, bool) else [])

    def _at(self, path: Sequence[str]) -> Mapping[str, Any]:
        value: Any = self._spec
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value if isinstance(value, Mapping) else {}


def _without(value: Any, *names: str) -> dict[str, Any]:
    return {name: inner for name, inner in value.items() if name not in names} if isinstance(value, Mapping) else {}
