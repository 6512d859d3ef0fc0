"""What the schema refuses, in words for the person who wrote the YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from headrace.config.airflow_names import in_airflow
from headrace.config.composed import Composed
from headrace.config.known_paths import examples_at, homes_of, keys_at
from headrace.config.nearest import nearest, suggestion
from headrace.counted import counted
from headrace.errors import Diagnostic, Place

_Path = tuple[str | int, ...]
_Error = Mapping[str, Any]

#: Kind of pydantic error -> what the value must be.
_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "date_type": "a date, as in 2013-12-31",
}
#: Kind -> the bound that it names in its context, and how it reads.
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}
#: Part and a name that other tools have for one of its keys -> the key.
_OTHER_WORDS: Mapping[tuple[_Path, str], str] = {(("notify",), "on"): "events"}
_TWICE = "listed twice: "
#: Parts whose values come from option files, with a default in `conf/config.yaml`.
_GROUPS = ("schedule", "runtime", "validation", "tracking")
_TRUE = ("true", "yes", "on", "y", "t", "1")
_FALSE = ("false", "no", "off", "n", "f", "0")
_REFERENCE = re.compile(r"""["']?\$\{([A-Za-z_][\w.]*)\}""")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")


def diagnostics(error: ValidationError, composed: Composed, values: Mapping[str, Any]) -> list[Diagnostic]:
    """Every refusal with its place; several of one value (a union's) become one, in the order of the schema."""
    return told(by_path(error, values), composed, values)


def told(grouped: Mapping[_Path, list[_Error]], composed: Composed, values: Mapping[str, Any]) -> list[Diagnostic]:
    """The refusals of some paths as diagnostics."""
    left_out = _misspelt(grouped) | _of_other_kinds(grouped)
    found: list[Diagnostic] = []
    for path, items in grouped.items():
        if path not in left_out:
            found.extend(_diagnostics_at(path, items, composed, values))
    return found


def by_path(error: ValidationError, values: Mapping[str, Any]) -> dict[_Path, list[_Error]]:
    """Every refusal, by the path of its value in the YAML."""
    grouped: dict[_Path, list[_Error]] = {}
    for item in error.errors(include_url=False):
        grouped.setdefault(real_path(item["loc"], values, item["type"] == "missing"), []).append(item)
    return grouped


def real_path(loc: Sequence[str | int], values: Any, missing: bool = False) -> _Path:
    """The path in the YAML: pydantic's location without the names of union members and validators.

    The last part of a `missing` location is the key that is not there.
    """
    path: list[str | int] = []
    for index, part in enumerate(loc):
        absent = missing and index == len(loc) - 1
        # A union's member may bear the name of a key (`baseline`): then a key beside it follows.
        beside = loc[index + 1] if index < len(loc) - 1 else None
        more = isinstance(values, dict) and (beside in values or (missing and index == len(loc) - 2))
        is_member = more and not isinstance(values.get(part), dict | list)
        if isinstance(values, dict) and (part in values or absent) and not is_member:
            path.append(part)
            values = values.get(part)
        elif isinstance(values, list | tuple) and isinstance(part, int):
            path.append(part)
            values = values[part] if part < len(values) else None
    return tuple(path)


def _misspelt(grouped: Mapping[_Path, list[_Error]]) -> set[_Path]:
    """Missing keys whose misspelling is reported as an unknown key beside them."""
    unknown = [path for path, items in grouped.items() if items[0]["type"] == "extra_forbidden"]
    missing = [path for path, items in grouped.items() if items[0]["type"] == "missing"]
    found: set[_Path] = set()
    for path in unknown:
        beside = {str(other[-1]): other for other in missing if other[:-1] == path[:-1]}
        found.update(beside[name] for name in nearest(str(path[-1]), beside))
        if len(path) == 1 and means_defaults(str(path[0])):  # then nothing that it chooses is there
            found.update(missing)
        # Under the wrong parent it is found there, and missing where it belongs.
        found.update(other for other in missing if other[-1] == path[-1])
    return found


def _of_other_kinds(grouped: Mapping[_Path, list[_Error]]) -> set[_Path]:
    """Mappings and lists that could have been text as well, where what is wrong within them is reported."""
    return {
        path
        for path, items in grouped.items()
        if not _refuses_kind(items) and any(len(other) > len(path) and other[: len(path)] == path for other in grouped)
    }


def _refuses_kind(items: list[_Error]) -> bool:
    """Whether a value is refused for what it is: no mapping where there is one, no list where there is one."""
    value = items[0]["input"]
    if isinstance(value, dict):
        kinds = {"a mapping", _EXPECTED["model_type"]}
    elif isinstance(value, list | tuple):
        kinds = {_EXPECTED["list_type"]}
    else:
        return True
    others = [item["type"] for item in items if item["type"] != "literal_error"]
    return any(kind not in _EXPECTED or _EXPECTED[kind] in kinds for kind in others)


def means_defaults(name: str) -> bool:
    """Whether an unknown key at the top is a misspelt `defaults`, so that nothing which it chooses is there."""
    return bool(nearest(name, [*(keys_at((), {}) or []), "defaults"], cutoff=0.75)[:1] == ["defaults"])


def _diagnostics_at(
    path: _Path, items: list[_Error], composed: Composed, values: Mapping[str, Any]
) -> Iterator[Diagnostic]:
    first, dotted = items[0], ".".join(map(str, path))
    kind = first["type"]
    if kind == "extra_forbidden":
        yield composed.diagnostic("HR140", unknown_key(path), composed.key_of(dotted), known_key(path, values))
    elif kind == "missing":
        message, place = f"`{dotted}` is missing", composed.place_of(".".join(map(str, path[:-1])))
        yield composed.diagnostic("HR141", message, place, f"add `{path[-1]}`")
    elif kind in ("union_tag_not_found", "union_tag_invalid"):
        yield _tag(path, first, composed)
    elif first["loc"][-1:] == ("[key]",) and kind in ("literal_error", "enum"):
        message = f"`{'.'.join(map(str, path[:-1]))}` has no key `{path[-1]}`"
        remedy = suggestion(str(path[-1]), _QUOTED.findall(str(first["ctx"]["expected"])))
        yield composed.diagnostic("HR143", message, composed.key_of(dotted), remedy)
    elif kind == "invalid_key" or first["loc"][-1:] == ("[key]",):
        message = f"the key `{path[-1]}` is not text"
        yield composed.diagnostic("HR142", message, composed.key_of(dotted), f'put quotes round it: "{path[-1]}"')
    elif _is_of_wrong_type(items):
        yield _wrong_type(dotted, items, composed)
    else:
        # Of a union's members, the one that got furthest has the most to say.
        telling = next((item for item in items if item["type"] not in _EXPECTED), first)
        yield _refused(path, telling, composed)


def _is_of_wrong_type(items: list[_Error]) -> bool:
    """Whether none of a union's members is of the value's type: a list is none of some words, either."""
    types = {item["type"] for item in items}
    if types & {*_EXPECTED} and not isinstance(items[0]["input"], str):
        types -= {"literal_error"}
    return types <= {*_EXPECTED, "none_required"}


def unknown_key(path: _Path) -> str:
    """What is said of a key that the schema does not have."""
    return f"unknown key `{path[-1]}` " + (f"in `{'.'.join(map(str, path[:-1]))}`" if path[1:] else "at the top")


def known_key(path: _Path, values: Any) -> str:
    """What may have been meant: the same name further out, one like it here, or the same name in another part."""
    name, parent = str(path[-1]), path[:-1]
    for depth in range(len(parent) - 1, -1, -1):
        outer = keys_at(parent[:depth], values)
        if outer and name in outer:
            where = f"in `{'.'.join(map(str, parent[:depth]))}`" if depth else "at the top"
            return f"`{name}` is known {where}: is it indented too far?"
    if (parent[:1], name) in _OTHER_WORDS:
        return f"the key is `{_OTHER_WORDS[parent[:1], name]}`"
    if here := in_airflow(name, parent):
        return here
    allowed = keys_at(parent, values) or []
    options = allowed if parent or not means_defaults(name) else [*allowed, "defaults"]
    homes = [home for home in homes_of(name) if home and home not in map(str, parent[:1])]
    if homes and not nearest(name, options, cutoff=0.8):
        hint = " is it indented too little?" if not parent else ""
        return f"`{name}` is known in `{homes[0]}`:{hint or ' does it belong there?'}"
    return suggestion(name, options)


def _tag(path: _Path, error: _Error, composed: Composed) -> Diagnostic:
    """A value that should say of which kind it is (`type: csv`)."""
    context = error["ctx"]
    key = str(context["discriminator"]).strip("'")
    dotted = ".".join(map(str, (*path, key)))
    if error["type"] == "union_tag_not_found":
        place = composed.place_of(".".join(map(str, path)))
        return composed.diagnostic("HR141", f"`{dotted}` is missing: it says which kind this is", place, f"add `{key}`")
    options = _QUOTED.findall(str(context["expected_tags"]))
    message = f"`{dotted}` cannot be {str(context['tag'])!r}"
    return composed.diagnostic("HR143", message, composed.place_of(dotted), suggestion(str(context["tag"]), options))


def _wrong_type(dotted: str, items: list[_Error], composed: Composed) -> Diagnostic:
    expected = list(dict.fromkeys(_EXPECTED[item["type"]] for item in items if item["type"] in _EXPECTED))
    words = [word for item in items if item["type"] == "literal_error" for word in _words_of(item)]
    value = items[0]["input"]
    message = f"`{dotted}` must be {_either([*words, *expected])}, not {described(value)}"
    remedy = (
        _text_remedy(dotted, expected, value, composed) if isinstance(value, str) else _type_remedy(expected, value)
    )
    place = composed.place_of(dotted)
    if isinstance(value, int | float) and "text" in expected and not isinstance(value, bool):
        remedy = f'put quotes round it: "{_as_written(place, value, composed)}"'
    if "a mapping of keys to values" in expected and value is not None:
        keys = keys_at(tuple(dotted.split(".")), {})
        remedy = "write `key: value` pairs below it" + (f"; the keys are {', '.join(keys)}" if keys else "")
        if dotted in _GROUPS and isinstance(value, str):
            remedy = f"to choose an option file, write `- override /{dotted}: NAME` under `defaults`; else {remedy}"
    if value is None and re.match(r":?\s*#", _text_at(place, composed)):
        remedy = "` #` begins a comment: put quotes round a text that begins with it, or give the key a value"
    return composed.diagnostic("HR142", message, place, _origin(place, composed) or remedy)


def _as_written(place: Place | None, value: Any, composed: Composed) -> str:
    """A number as the file spells it, where it does: `0x1F`, not 31."""
    match = re.match(r"[-+.0-9A-Za-z_]+", _text_at(place, composed))
    return match[0] if match else str(value)


def _text_at(place: Place | None, composed: Composed) -> str:
    """The rest of a line, from a place on; empty for an override."""
    lines = composed.texts.get(place.file, "").splitlines() if place else []
    inside = place is not None and place.line is not None and place.line <= len(lines)
    return lines[(place.line or 1) - 1][(place.column or 1) - 1 :] if place and inside else ""


def _origin(place: Place | None, composed: Composed) -> str:
    """Where a value that an interpolation brought was written; empty if none did."""
    match = _REFERENCE.match(_text_at(place, composed))
    source = composed.places.get(match[1]) if match else None
    return f"the value is that of `{match[1]}`, written at {source}" if match and source else ""


def _either(words: list[str]) -> str:
    if "a number" in words:
        words = [word for word in words if word != "a whole number"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def described(value: Any) -> str:
    """A value as a person would name it."""
    if value is None:
        return "empty (null)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= 60 else f"the text {value[:57]!r}…"
    return "a list" if isinstance(value, list | tuple) else "a mapping"


def _text_remedy(dotted: str, expected: list[str], value: str, composed: Composed) -> str:
    if _comes_from_environment(dotted, composed):
        return "an environment variable is text: write ${oc.decode:${env:NAME}} for a number or true or false"
    if "a list" in expected:
        keys = keys_at((*dotted.split("."), 0), {})
        return (
            f"write it as a list of mappings, whose keys are {', '.join(keys)}"
            if keys
            else f"write it as a list: [{value}]"
        )
    if set(expected) & {"a whole number", "a number"}:
        return _number_remedy(value)
    if "true or false" in expected and value.strip().lower() in _TRUE + _FALSE:
        return f"write {'true' if value.strip().lower() in _TRUE else 'false'}, without quotes"
    if "true or false" in expected:
        return "write true or false"
    return ""


def _number_remedy(text: str) -> str:
    if _is_number(text):
        return f"write it without quotes: {text}"
    if re.fullmatch(r"[-+]?\d+,\d+", text):
        return f"write a decimal point: {text.replace(',', '.')}"
    return ""


def _type_remedy(expected: list[str], value: Any) -> str:
    if value is None:
        return "give it a value, or delete the line"
    if isinstance(value, list | tuple):
        return "write one text, without [ ]" if "text" in expected else ""
    if "a list" in expected:
        as_list = "in [ ], or each entry on a line that begins with `- `" if isinstance(value, dict) else "in [ ]"
        return f"write it as a list, {as_list}"
    return _scalar_remedy(expected, value)


def _scalar_remedy(expected: list[str], value: Any) -> str:
    if "a whole number" in expected and isinstance(value, float) and value.is_integer():
        return f"write it as {int(value)}"
    if "true or false" in expected and value in (0, 1):
        return f"write {'true' if value else 'false'}"
    if "text" in expected and isinstance(value, bool):
        return "put quotes round it: YAML takes yes, no, on and off for true and false"
    return ""


def _comes_from_environment(dotted: str, composed: Composed) -> bool:
    place = composed.places.get(dotted)
    if place is None:
        return False
    lines = composed.texts.get(place.file, "").splitlines()
    return "${env:" in (lines[place.line - 1] if place.line and place.line <= len(lines) else place.file)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _second(dotted: str, name: str, composed: Composed) -> Place | None:
    """Where a name is listed for the second time below a path."""
    paths = [path for path in composed.places if path.startswith(f"{dotted}.")]
    named = [path for path in paths if _text_at(composed.places[path], composed).lstrip("\"'").startswith(name)]
    exact = [path for path in named if _item(path, composed.values) == name]
    return composed.places[exact[1]] if len(exact) > 1 else None


def _item(path: str, values: Any) -> Any:
    for name in path.split("."):
        if isinstance(values, dict):
            values = values.get(name)
        elif isinstance(values, list | tuple) and name.isdigit() and int(name) < len(values):
            values = values[int(name)]
        else:
            return None
    return values


def _misshapen(path: _Path, error: _Error, composed: Composed) -> Diagnostic:
    """A list without entries, or a text that is not written as it should be."""
    dotted = ".".join(map(str, path))
    place = composed.place_of(dotted)
    if error["type"] == "too_short":
        count, least = error["ctx"]["actual_length"], error["ctx"]["min_length"]
        message = f"`{dotted}` is empty" if count == 0 else f"`{dotted}` has {counted(count, 'value')}"
        remedy = f"give it at least {'one entry' if least == 1 else counted(least, 'value')}"
        return composed.diagnostic("HR144", message, place, remedy)
    written = " or ".join(f"`{example}`" for example in examples_at(path))
    message = f"`{dotted}` cannot be {str(error['input'])!r}"
    return composed.diagnostic("HR144", message, place, f"write it as in {written}" if written else "")


def _words_of(error: _Error) -> list[str]:
    """The words of which a value must be one."""
    return _QUOTED.findall(str(error["ctx"]["expected"]))


def _refused(path: _Path, error: _Error, composed: Composed) -> Diagnostic:
    dotted, context = ".".join(map(str, path)), error.get("ctx", {})
    kind = error["type"]
    place = composed.place_of(dotted)
    if kind in ("literal_error", "enum"):
        options = _words_of(error)
        message = f"`{dotted}` cannot be {described(error['input']).removeprefix('the text ')}"
        return composed.diagnostic("HR143", message, place, suggestion(str(error["input"]), options))
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return composed.diagnostic("HR144", f"`{dotted}` must be {words} {context[name]}, not {error['input']}", place)
    if kind in ("string_pattern_mismatch", "too_short"):
        return _misshapen(path, error, composed)
    reason = str(context["error"]) if "error" in context else str(error["msg"])
    if not path:
        return composed.diagnostic("HR141", reason, composed.place_of(""), f"add {reason.rpartition('needs ')[2]}")
    if reason.startswith(_TWICE):
        place = _second(dotted, reason.removeprefix(_TWICE).split(", ")[0], composed) or place
        return composed.diagnostic("HR144", f"`{dotted}`: {reason}", place, "delete one of the two")
    return composed.diagnostic("HR144", f"`{dotted}`: {reason}", place)
