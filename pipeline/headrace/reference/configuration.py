"""The page of every configuration key: its type, default and meaning, from the models and their docstrings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headrace.config.meanings import Meaning, meanings, parts
from headrace.config.metric_names import METRICS
from headrace.config.schema import Spec
from headrace.config.schema.exceptional import is_exception
from headrace.reference.types import Types, code

_HEAD = """\
# Configuration

Every key that a pipeline may have, wherever it is written: in `conf/pipeline/NAME.yaml`, in an option file of a group,
in `conf/config.yaml`, or as an override such as `split.test=0.3`. Keys in **bold** must be given by one of them.
Anywhere a value stands, an interpolation may stand instead: `${seed}`, `${env:NAME}`, `${secret:NAME}`.

Made by `make reference` from the models in `pipeline/headrace/config/schema/`: change them, not this page. What the
estimators take is not here, since it depends on the versions installed: `headrace schema model` says it.
"""


@dataclass(frozen=True, slots=True)
class _Section:
    """One mapping of the configuration: where it is, and which model it is."""

    path: str
    kind: str
    """What tells it apart from others at the same place, such as `type: csv`."""
    name: str


def configuration_page() -> str:
    """Markdown: one section a mapping, in the order of the schema."""
    written = Spec.model_json_schema()
    models = parts()
    types = Types(written["$defs"])
    lines = [_HEAD, *_section(_Section("", "", "Spec"), written, models["Spec"], types)]
    for section in _walk(written, written["$defs"], ""):
        lines += _section(section, written["$defs"][section.name], models[section.name], types)
    return "\n".join([*lines, *_metrics()])


def _walk(written: Mapping[str, Any], definitions: Mapping[str, Any], path: str) -> Iterator[_Section]:
    """The mappings inside one, depth first."""
    for key, field in written["properties"].items():
        for place, kind, name in _inside(field, f"{path}{key}"):
            yield _Section(place, kind, name)
            yield from _walk(definitions[name], definitions, f"{place}.")


def _inside(field: Mapping[str, Any], path: str) -> Iterator[tuple[str, str, str]]:
    """Place, kind and name of the models that a field holds."""
    if "$ref" in field:
        yield path, "", field["$ref"].rpartition("/")[2]
    key, kinds = _kinds(field)
    for member in (*field.get("anyOf", ()), *field.get("oneOf", ())):
        name = member.get("$ref", "").rpartition("/")[2]
        if name in kinds:
            yield path, f"{key}: {kinds[name]}", name
        else:
            yield from _inside(member, path)
    if isinstance(field.get("additionalProperties"), dict):
        yield from _inside(field["additionalProperties"], f"{path}.NAME")
    if "items" in field:
        yield from _inside(field["items"], f"{path}[]")


def _kinds(field: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    told = field.get("discriminator", {})
    return told.get("propertyName", ""), {ref.rpartition("/")[2]: kind for kind, ref in told.get("mapping", {}).items()}


def _section(section: _Section, written: Mapping[str, Any], part: type[Any], types: Types) -> list[str]:
    title = code(section.path) if section.path else "A pipeline"
    suffix = f" with {code(section.kind)}" if section.kind else ""
    told = meanings(part)
    required = written.get("required", ())
    rows = [  # an exception that is left out has the value that it is one from
        _row(name, field, told.get(name), types, required=name in required, has_default=not is_exception(part, name))
        for name, field in written["properties"].items()
    ]
    return [
        f"## {title}{suffix}\n",
        f"{written.get('description', '')}\n",
        "| key | type | default | meaning |",
        "|---|---|---|---|",
        *rows,
        "",
    ]


def _row(
    name: str, field: Mapping[str, Any], meaning: Meaning | None, types: Types, *, required: bool, has_default: bool
) -> str:
    said = [meaning.text] if meaning else []
    if meaning and meaning.unit:
        said.append(f"Unit: {meaning.unit}.")
    if meaning and meaning.examples:
        said.append(f"Example: {', '.join(code(example) for example in meaning.examples)}.")
    default = "" if required or not has_default else _default(field)
    cells = (f"**{code(name)}**" if required else code(name), types.of(field), default, " ".join(said))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _default(field: Mapping[str, Any]) -> str:
    value = field.get("default", {})
    if isinstance(value, Mapping):
        return code("{}")
    return code(value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False))


def _metrics() -> Sequence[str]:
    rows = [
        f"| {task} | {', '.join(f'{code(name)} ({way})' for name, way in names.items())} |"
        for task, names in METRICS.items()
    ]
    return [
        "## Metrics\n",
        "What `metrics` and `gates` may name, by task, and whether more (max) or less (min) is better.\n",
        "| task | metrics |",
        "|---|---|",
        *rows,
        "",
    ]
