"""What parses as YAML but is not what its writer meant: keys given twice, numbers in disguise, lookalike characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import yaml

from headrace.config import yaml_lookalikes
from headrace.config.yaml_survey import Point

MERGE_TAG = "tag:yaml.org,2002:merge"
_KEY_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool")}
_BOOL = "tag:yaml.org,2002:bool"
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
_OTHER_BASE = re.compile(r"[-+]?0[oO]([0-7]+)|[-+]?0b([01_]+)")
_ITEM_OR_KEY = re.compile(r"( *)(-(?: |[A-Za-z_])|[A-Za-z_]\w*:[\w\[{'\"])")
_SWITCH = re.compile(r"yes|no|on|off", re.IGNORECASE)


class Mistake(NamedTuple):
    """Something that its writer will want to know."""

    code: str
    message: str
    remedy: str
    point: Point


def mistakes(node: yaml.Node, text: str) -> Iterator[Mistake]:
    """Everything of the kind below a node of this text, in the order of the file."""
    yield from _below(node, set(), text.splitlines())


def is_switch(text: str) -> bool:
    """Whether YAML takes this text for true or false while a person may read a word."""
    return _SWITCH.fullmatch(text) is not None


def point_of_node(node: yaml.Node) -> Point:
    """Where a node begins."""
    return Point(node.start_mark.line, node.start_mark.column)


def _below(node: yaml.Node, seen: set[int], lines: Sequence[str]) -> Iterator[Mistake]:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            if node.flow_style and isinstance(item, yaml.ScalarNode) and not item.style:
                yield from _glued_items(item)
            elif isinstance(item, yaml.ScalarNode) and not item.style:
                yield from _words_below(item, lines)
            yield from _below(item, seen, lines)
    elif isinstance(node, yaml.MappingNode):
        first: dict[tuple[str, str], int] = {}
        for key, value in node.value:
            yield from _of_key(key, value, first)
            yield from _below(value, seen, lines)
    elif isinstance(node, yaml.ScalarNode) and not node.style:
        yield from _of_value(node)
        yield from _swallowed(node, lines)


def _of_key(key: yaml.Node, value: yaml.Node, first: dict[tuple[str, str], int]) -> Iterator[Mistake]:
    point = point_of_node(key)
    if isinstance(key, yaml.MappingNode) and key.flow_style:
        yield Mistake("HR106", "`{{ }}` is no template here, but a mapping in a mapping", _no_template(key), point)
    elif not isinstance(key, yaml.ScalarNode) or key.tag not in (*_KEY_TAGS, MERGE_TAG):
        kind = "null" if isinstance(key, yaml.ScalarNode) else "a list or mapping"
        yield Mistake("HR106", f"{kind} cannot be a key", "write a name, in quotes if need be", point)
    elif (key.tag, key.value) in first:
        line = first[(key.tag, key.value)]
        remedy = "delete one of the two, or merge them"
        if key.tag == MERGE_TAG:
            remedy = "name all anchors in one line: `<<: [*first, *second]`"
        yield Mistake("HR103", f"the key `{key.value}` is already there, on line {line}", remedy, point)
    else:
        first[(key.tag, key.value)] = key.start_mark.line + 1
        if not key.style:
            yield from _of_plain_key(key, value, point)


def _no_template(key: yaml.MappingNode) -> str:
    inner = key.value[0][0] if key.value else None
    name = inner.value if isinstance(inner, yaml.ScalarNode) else "name"
    return f"write ${{{name}}} for the value of another key, or quotes round a text"


def _of_plain_key(key: yaml.ScalarNode, value: yaml.Node, point: Point) -> Iterator[Mistake]:
    text = key.value
    if key.tag == _BOOL and is_switch(text):
        meant = "true" if text.lower() in ("yes", "on") else "false"
        remedy = f'put quotes round it: "{text}"'
        if text == "on" and isinstance(value, yaml.SequenceNode):
            remedy = f"in a notifier the key is `events`; elsewhere {remedy}"
        yield Mistake("HR117", f"YAML reads the key `{text}` as {meant}", remedy, point)
    elif character := yaml_lookalikes.in_key(text):
        at = Point(point.line, point.column + text.index(character))
        yield Mistake("HR123", *yaml_lookalikes.described(character), at)
    elif key.tag in _NUMBERS and _absent(value):
        message = f"`{text}` is a key without a value"
        remedy = "write one number: a point before decimals (0.65), nothing between thousands (1000)"
        yield Mistake("HR102", message, remedy, point)
    elif key.tag in _NUMBERS and (reading := _disguised(key)):
        yield Mistake("HR116", reading, f'put quotes round it: "{text}"', point)
    elif key.tag not in _NUMBERS and _glued(key, value):
        name, _, rest = text.partition(":")
        message = "a `:` without a space after it makes no key"
        yield Mistake("HR102", message, f"write `{name}: {rest}`", Point(point.line, point.column + len(name)))


def _glued(key: yaml.ScalarNode, value: yaml.Node) -> bool:
    """`{metric:roc_auc}`: one word, and nothing that it is the key of."""
    return _absent(value) and re.fullmatch(r"[A-Za-z_]\w*:[^\s:/]\S*", key.value) is not None


def _absent(value: yaml.Node) -> bool:
    return isinstance(value, yaml.ScalarNode) and not value.style and not value.value


def _of_value(node: yaml.ScalarNode) -> Iterator[Mistake]:
    point = point_of_node(node)
    if character := yaml_lookalikes.in_value(node.value):
        at = point if node.value[0] == character else Point(point.line, point.column + len(node.value) - 1)
        yield Mistake("HR123", *yaml_lookalikes.described(character), at)
    elif reading := _disguised(node):
        yield Mistake("HR116", reading, _number_remedy(node), point)


def _glued_items(node: yaml.ScalarNode) -> Iterator[Mistake]:
    """Items in [ ] with another comma between them than YAML's."""
    if character := yaml_lookalikes.comma_in(node.value):
        point = point_of_node(node)
        at = Point(point.line, point.column + node.value.index(character))
        yield Mistake("HR123", *yaml_lookalikes.described(character), at)


def _words_below(node: yaml.ScalarNode, lines: Sequence[str]) -> Iterator[Mistake]:
    """An item of one word that goes on with one word in the next line: the dash before that is missing."""
    below = node.start_mark.line + 1
    words = node.value.split()
    if node.end_mark.line > node.start_mark.line and below < len(lines) and len(words) == 2:
        word = lines[below].partition("#")[0].strip()
        if word == words[1] and ":" not in word:
            message = f"this is no item: it goes on with the text of line {below}"
            indent = len(lines[below]) - len(lines[below].lstrip())
            yield Mistake("HR102", message, f"write `- {word}`", Point(below, indent))


def _swallowed(node: yaml.ScalarNode, lines: Sequence[str]) -> Iterator[Mistake]:
    """Lines that look like items or keys, but are indented so far that they go on with the text above."""
    for number in range(node.start_mark.line + 1, min(node.end_mark.line + 1, len(lines))):
        if match := _ITEM_OR_KEY.match(lines[number]):
            what = "item" if match[2].startswith("-") else "key"
            message = f"this is no {what}: it goes on with the text of line {node.start_mark.line + 1}"
            remedy = f"indent it like the {what} that it belongs beside; a `:` and a `-` need a space after them"
            yield Mistake("HR102", message, remedy, Point(number, len(match[1])))
            return


def _disguised(node: yaml.ScalarNode) -> str:
    """How YAML reads a plain text that a person reads as another number; empty if both read the same."""
    text, is_number = node.value, node.tag in _NUMBERS
    if _LEADING_ZERO.fullmatch(text):
        return f"YAML reads `{text}` as {f'the number {_value(text)}, in base 8' if is_number else 'a text'}"
    if _OTHER_BASE.fullmatch(text):
        return f"YAML reads `{text}` as {f'the number {_value(text)}' if is_number else 'a text'}"
    if is_number and ":" in text:
        return f"YAML reads `{text}` as a number in base 60, {_value(text)}"
    if is_number and "_" in text:
        return f"YAML reads `{text}` as the number {_value(text)}: other readers take it for a text"
    return ""


def _number_remedy(node: yaml.ScalarNode) -> str:
    text = node.value
    bare = text.lstrip("+-0_").replace("_", "") or "0"
    if ":" in text:
        return f'put quotes round it ("{text}"), or write {_value(text)} for the number'
    if match := _OTHER_BASE.fullmatch(text):
        number = int(match[1], 8) if match[1] else int((match[2] or "0").replace("_", ""), 2)
        return f'write {number} for the number, or quotes round it for the text: "{text}"'
    sign = "-" if text.startswith("-") else ""
    return f'write {sign}{bare} for the number, or quotes round it for the text: "{text}"'


def _value(text: str) -> str:
    """The number that YAML 1.1 reads."""
    plain = text.replace("_", "")
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain.lstrip("+"))
    if ":" in digits:
        total = 0.0
        for part in digits.split(":"):
            total = total * 60 + float(part)
        return f"{sign}{total:g}" if total % 1 or total > 1e15 else f"{sign}{int(total)}"
    if digits.startswith("0b"):
        return f"{sign}{int(digits[2:] or '0', 2)}"
    if re.fullmatch(r"0[0-7]+", digits):
        return f"{sign}{int(digits, 8)}"
    return f"{sign}{digits}"
