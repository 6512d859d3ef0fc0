"""The schema files: one for conf/config.yaml, one for pipelines, and one for each group of options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from headrace.config.metric_names import METRICS
from headrace.editor.catalog import Catalog
from headrace.editor.defaults_list import defaults_list
from headrace.editor.estimators import definitions, model_shape, params_reference
from headrace.editor.shapes import Shapes
from headrace.editor.words import INTERPOLATION, Schema, chosen, where, without_type

DRAFT = "http://json-schema.org/draft-07/schema#"
#: The keys of a pipeline that are groups of options wherever a project has a folder of that name.
GROUPS = (
    "dataset",
    "validation",
    "target",
    "features",
    "split",
    "model",
    "registry",
    "tracking",
    "schedule",
    "runtime",
)
#: Folders whose files are about the whole pipeline: `# @package _global_`.
WHOLE = ("pipeline", "env")
_PRESETS = ("@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")
_NO_ZONE = "Expected the IANA name of a time zone, as in Europe/Berlin."
_NO_CRON = f"Expected five fields (minute hour day month weekday), one of {', '.join(_PRESETS)}, or null."
_HYDRA: Schema = {"type": "object", "title": "Hydra", "description": "Hydra's own settings."}


def documents(catalog: Catalog) -> dict[str, Schema]:
    """Every schema by its name: `config`, `pipeline`, `env`, and each group."""
    keys = pipeline_keys(catalog)
    shared = definitions(catalog.index)
    others = sorted({group for group in catalog.options if "/" not in group} - {*GROUPS, *WHOLE})
    whole = {name: _whole(name, keys, catalog) for name in ("config", *WHOLE, *others)}
    groups = {name: _group(name, keys[name], catalog) for name in GROUPS}
    made = {**whole, **groups}
    needs_definitions = {*whole, "model"}
    return {
        name: {"$schema": DRAFT, **schema, **({"definitions": shared} if name in needs_definitions else {})}
        for name, schema in made.items()
    }


def document(name: str, catalog: Catalog) -> Schema:
    """One of them; KeyError for another name."""
    return documents(catalog)[name]


def pipeline_keys(catalog: Catalog) -> dict[str, Schema]:
    """The keys of a pipeline, with the choices that a project and a machine have."""
    keys = Shapes().keys()
    keys["model"] = model_shape(keys["model"], catalog.index, catalog.packages)
    _refine_schedule(keys["schedule"]["properties"], catalog)
    return keys


def _refine_schedule(schedule: Schema, catalog: Catalog) -> None:
    """Zones by name, crons by their form, and what may stand alone or in a list."""
    schedule["timezone"] = without_type(schedule["timezone"]) | chosen(catalog.zones, _NO_ZONE)
    five = {"type": "string", "pattern": r"^\s*\S+(\s+\S+){4}\s*$"}
    presets = {"enum": [*_PRESETS, None], "errorMessage": _NO_CRON}
    several = {"type": "array", "items": {"anyOf": [{"enum": list(_PRESETS)}, five, INTERPOLATION]}, "minItems": 1}
    told = {word: rule for word, rule in without_type(schedule["cron"]).items() if word != "items"}
    schedule["cron"] = told | {"anyOf": [presets, five, several, INTERPOLATION]}
    one = schedule["depends_on"]["items"]
    schedule["depends_on"] = {**schedule["depends_on"], "type": ["array", "object", "string"]} | {
        word: one[word] for word in ("properties", "additionalProperties")
    }


def _whole(name: str, keys: Mapping[str, Schema], catalog: Catalog) -> Schema:
    """A file about the whole pipeline."""
    # Only conf/config.yaml has a place for the pipeline, which the command fills.
    folders = {group: names for group, names in catalog.options.items() if group != "pipeline" or name == "config"}
    # Pipelines are many and change often: their names decide nothing here, or each new one would change the schema.
    beside = None if name == "pipeline" else catalog.options.get(name, ())
    entries = defaults_list(folders, beside, rooted=name == "config")
    return {
        "title": "Defaults of every pipeline" if name == "config" else f"conf/{name}/",
        "type": "object",
        "properties": {"defaults": entries, **keys, "hydra": _HYDRA},
        "additionalProperties": False,
        "allOf": [*_metrics_of_the_task(), *_params_of_the_option(catalog)],
    }


def _group(name: str, key: Schema, catalog: Catalog) -> Schema:
    """A file of a group: its key's own schema, and a `defaults` list."""
    folders = {group: names for group, names in catalog.options.items() if group != "pipeline"}
    entries = defaults_list(folders, catalog.options.get(name, ()), rooted=False)
    shape = {word: rule for word, rule in key.items() if word not in ("pattern", "patternErrorMessage", "default")}
    properties = {"defaults": entries, **key.get("properties", {})}
    described = {"title": f"conf/{name}/", "type": "object", "properties": properties}
    if "allOf" in key and "additionalProperties" not in key:  # kinds close themselves, and know no `defaults`
        shape["allOf"] = [_with_defaults(condition, entries) for condition in key["allOf"]]
    return {**shape, **described}


def _with_defaults(condition: Schema, entries: Schema) -> Schema:
    then = condition["then"]
    return {**condition, "then": {**then, "properties": {**then["properties"], "defaults": entries}}}


def _metrics_of_the_task() -> list[Schema]:
    every = list(dict.fromkeys(name for names in METRICS.values() for name in names))
    chosen_by = [where("task", task, _metrics(list(names))) for task, names in METRICS.items()]
    return [*chosen_by, {"if": {"required": ["task"]}, "then": {}, "else": _metrics(every)}]


def _metrics(names: Sequence[str]) -> Schema:
    metric = chosen(names)
    gate = {"properties": {"metric": metric}}
    return {"properties": {"metrics": {"items": metric}, "gates": {"items": gate}}}


def _params_of_the_option(catalog: Catalog) -> list[Schema]:
    """A pipeline that chooses conf/model/ridge.yaml and changes a parameter: Ridge's are offered and checked."""
    known = set(catalog.index.names())
    found = []
    for option, estimator in sorted(catalog.estimator_of.items()):
        if estimator in known:
            # As whole entries: a condition on the value would be shown when somebody hovers over it.
            entries = [{key: option} for key in ("/model", "override /model")]
            own_type = {"properties": {"model": {"required": ["type"]}}, "required": ["model"]}
            chosen_here = {"properties": {"defaults": {"contains": {"enum": entries}}}, "required": ["defaults"]}
            params = {"properties": {"params": {"$ref": params_reference(estimator)}}}
            condition = {"allOf": [chosen_here, {"not": own_type}]}
            found.append({"if": condition, "then": {"properties": {"model": params}}})
    return found
