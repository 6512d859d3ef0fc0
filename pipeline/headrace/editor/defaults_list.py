"""The `defaults` list of a file as an editor takes it: the groups and options that the project has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from headrace.editor.words import Schema, described

_LIST = (
    "The option files that this file builds on, in order: later ones win, and `_self_` is this file.\n\n"
    "`- /model: ridge` adds conf/model/ridge.yaml; `- override /schedule: daily` replaces a choice made elsewhere."
)
#: What Hydra itself has groups for, packages (`/model@other`), and groups that are computed.
_FREE = r"^(optional |override )*/?hydra/|@|\$\{"


def defaults_list(options: Mapping[str, Sequence[str]], beside: Sequence[str] | None, *, rooted: bool) -> Schema:
    """`rooted`: groups may be written without a slash, as in conf/config.yaml.

    `beside`: the files of the same folder, which may be built upon; None where any name may stand.
    """
    properties: dict[str, Schema] = {}
    for group, names in sorted(options.items()):
        said = f"One of the files in conf/{group}/."
        for key in (f"/{group}", *([group] if rooted else [])):
            properties[key] = _option(names, said)
            properties[f"override {key}"] = _option(names, f"{said} Replaces a choice that was made already.")
            properties[f"optional {key}"] = {**_option(names, said), "doNotSuggest": True}
    entry: Schema = {
        "type": "object",
        "properties": properties,
        "patternProperties": {_FREE: {}},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    files = ["_self_", *(beside or ())]
    free = r"\$\{|^/" if beside is not None else ""
    dynamic: Schema = {"type": "string", "pattern": free, "doNotSuggest": True}
    return {
        "title": "Defaults",
        **described(_LIST),
        "type": "array",
        "items": {"anyOf": [{"enum": files}, dynamic, entry]},
    }


def _option(names: Sequence[str], said: str) -> Schema:
    several: Schema = {"type": "array", "items": {"enum": list(names)}, "doNotSuggest": True}
    dynamic: Schema = {"type": "string", "pattern": r"\$\{", "doNotSuggest": True}
    return {**described(said), "title": "Option", "anyOf": [{"enum": [*names, None]}, several, dynamic]}
