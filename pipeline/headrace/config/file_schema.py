"""One file held against the schema, whatever it is composed with: unknown keys and wrong values, nothing missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

from pydantic import ValidationError

from headrace.config import provenance, schema_errors
from headrace.config.composed import Composed
from headrace.config.known_paths import keys_at
from headrace.config.nodes import Document
from headrace.config.schema import Spec
from headrace.errors import Diagnostic

#: At the top of a file, beside the schema's parts.
_HYDRAS_OWN = ("defaults", "hydra")
#: What another file, or an interpolation, may still turn into something that fits.
_OPEN = ("missing", "union_tag_not_found", "extra_forbidden", "invalid_key", "model_attributes_type")


def problems(document: Document, package: str) -> list[Diagnostic]:
    """What the schema refuses in this file; `package` is where its values land (empty: the top)."""
    parts = package.split(".") if package else []
    if document.root is None or (parts and parts[0] not in Spec.model_fields) or not isinstance(document.data, dict):
        return []
    own = {name: value for name, value in document.data.items() if name not in _HYDRAS_OWN}
    values: dict[str, Any] = reduce(lambda inner, name: {name: inner}, reversed(parts), own)
    located = provenance.locate(values, provenance.embed(package, document.root))
    composed = Composed(values, located.places, (), keys=located.keys, texts={document.file: document.text})
    unknown = [
        composed.diagnostic(
            "HR140",
            schema_errors.unknown_key(path),
            composed.key_of(".".join(map(str, path))),
            schema_errors.known_key(path, values),
        )
        for path in _unknown(values, values)
    ]
    return [*unknown, *_refused(values, composed)]


def _unknown(value: Any, values: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    allowed = keys_at(path, values) if isinstance(value, dict) else None
    for name, item in items:
        inner = (*path, name)
        if allowed is not None and name not in allowed and inner != ("name",) and not _is_target(name):
            yield inner
        else:
            yield from _unknown(item, values, inner)


def _is_target(name: Any) -> bool:
    return bool(name == "_target_")  # refused for what it is, elsewhere


def _refused(values: Mapping[str, Any], composed: Composed) -> list[Diagnostic]:
    try:
        Spec.model_validate({**values, "name": "unnamed"})
    except ValidationError as error:
        grouped = schema_errors.by_path(error, values)
        kept = {path: [item for item in items if _is_settled(item)] for path, items in grouped.items()}
        return schema_errors.told({path: items for path, items in kept.items() if path and items}, composed, values)
    return []


def _is_settled(item: Mapping[str, Any]) -> bool:
    """Whether nothing that is merged in later makes this value right."""
    value = item["input"]
    if item["type"] in _OPEN or value is None or "[key]" in item["loc"]:
        return False
    if isinstance(value, str) and ("${" in value or value == provenance.MISSING):
        return False
    return not (item["type"] == "value_error" and isinstance(value, dict | tuple | list))
