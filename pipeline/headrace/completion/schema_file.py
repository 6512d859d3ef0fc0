"""The schema that editors read, asked for keys and choices: JSON alone, so that a Tab key need not import pydantic."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headrace.project import Project

_TYPE_LINE = re.compile(r"^type:\s*['\"]?([\w.]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """The schema of a pipeline; empty where the project has none."""

    document: Mapping[str, Any]

    def children(self, path: Sequence[str], spec: Mapping[str, Any]) -> list[tuple[str, bool]]:
        """The keys below a path and whether each holds more keys, where `spec` decides between kinds."""
        found: dict[str, bool] = {}
        for schema, value in self._at(path, spec):
            for name, inner in _properties(schema, value):
                found[name] = found.get(name, False) or self._is_mapping(inner)
        hidden = ("defaults", "hydra", "name") if not path else ()
        return [(name, is_mapping) for name, is_mapping in found.items() if name not in hidden]

    def choices(self, path: Sequence[str], spec: Mapping[str, Any]) -> list[str]:
        """The closed choices of a key, as an override writes them."""
        found: dict[str, None] = {}
        for schema, _ in self._at(path, spec):
            for member in (schema, *schema.get("anyOf", ())):
                if isinstance(member, dict):
                    found |= dict.fromkeys(_written(option) for option in member.get("enum", ()))
                    found |= dict.fromkeys(("true", "false") if "boolean" in _types(member) else ())
        return list(found)

    def estimator_of(self, project: Project, option: str) -> str | None:
        """What the option file of a model names as its type."""
        try:
            text = (project.conf / "model" / f"{option}.yaml").read_text(encoding="utf-8", errors="replace")
        except (OSError, ValueError):
            return None
        match = _TYPE_LINE.search(text)
        return match.group(1) if match else None

    def _at(self, path: Sequence[str], spec: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], Any]]:
        """The schemas that speak of a key, each with the value that the pipeline has there."""
        here: list[tuple[Mapping[str, Any], Any]] = [(self.document, spec)]
        for name in path:
            here = [
                (self._resolved(inner), value.get(name) if isinstance(value, Mapping) else None)
                for schema, value in here
                for key, inner in _properties(schema, value, name)
                if key == name
            ]
        return here

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        name = str(schema.get("$ref", "")).removeprefix("#/definitions/")
        found = self.document.get("definitions", {}).get(name, schema) if name else schema
        return found if isinstance(found, Mapping) else {}

    def _is_mapping(self, schema: Mapping[str, Any]) -> bool:
        found = self._resolved(schema)
        return "object" in _types(found) and "array" not in _types(found)


def read_schema(project: Project) -> SchemaFile:
    """The pipeline's schema, if the project has its schema files."""
    try:
        document = json.loads((project.root / ".headrace" / "schema" / "pipeline.json").read_bytes())
    except (OSError, ValueError):
        document = {}
    return SchemaFile(document if isinstance(document, dict) else {})


def _properties(
    schema: Mapping[str, Any], value: Any, name: str | None = None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Keys of a mapping's schema: its own, those of the kind that the value is of, and a name that may be any."""
    own = schema.get("properties", {})
    yield from own.items()
    if name is not None and name not in own and isinstance(schema.get("additionalProperties"), dict):
        yield name, schema["additionalProperties"]
    for condition in schema.get("allOf", ()):
        if isinstance(condition, dict) and _holds(condition.get("if", {}), value):
            yield from _properties(condition.get("then", {}), value, name)


def _holds(condition: Mapping[str, Any], value: Any) -> bool:
    """Whether a value is of the kind that a condition asks for; conditions of other forms do not count."""
    asked = condition.get("properties", {})
    return bool(asked) and all(
        isinstance(value, Mapping) and "const" in rule and value.get(key) == rule["const"]
        for key, rule in asked.items()
    )


def _types(schema: Mapping[str, Any]) -> Sequence[str]:
    found = schema.get("type", ())
    return (found,) if isinstance(found, str) else found


def _written(option: Any) -> str:
    return option if isinstance(option, str) else json.dumps(option)
