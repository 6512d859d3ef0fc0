"""What a syntax error of the YAML parser means to the person who wrote the file."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from headrace.config.yaml_lookalikes import first_in, structural_in
from headrace.config.yaml_survey import Point

_QUOTE_IT = "put quotes round the text"
#: What the parser says (a part of it) -> what a person needs to hear, and the remedy.
_MEANINGS = (
    ("',' or ']'", "a list in [ ] is not closed", "add `]`, or a comma between the items"),
    ("',' or '}'", "a mapping in { } is not closed", "add `}`, or a comma between the pairs"),
    ("node content", "a value is missing, or a bracket is left open", "complete it, and add the closing bracket"),
    ("undefined alias", "an alias whose anchor is not there", f"{_QUOTE_IT}: `*` begins an alias"),
    ("alphabetic or numeric character", "`*` and `&` begin an alias or anchor", _QUOTE_IT),
    ("unexpected end of stream", "a quoted text is not closed", "add the closing quote"),
    ("unexpected document indicator", "a quoted text is not closed", "add the closing quote"),
    ("unknown escape character", "a backslash that means nothing in double quotes", "use single quotes: '…'"),
    ("for merging", "`<<` merges mappings, and this is none", "name the anchor of a mapping: `<<: *anchor`"),
    ("unknown directive", "a line cannot begin with `%`", _QUOTE_IT),
)
_PAIR = re.compile(r"\s*(?:- +)?([\w./@-]+|'[^']*'|\"[^\"]*\")\s*:(?=\s|$)")
_OPEN_KEY = re.compile(r":\s*(#.*)?$")
_NO_SPACE = re.compile(r"\s*([\w./-]+):([^\s:/].*)$")
_EQUALS = re.compile(r"\s*([\w.-]+)\s*=\s*(.*)$")
_DASH = re.compile(r"\s*-([^\s-].*)$")


class Meaning(NamedTuple):
    """A syntax error in a person's words."""

    code: str
    message: str
    remedy: str
    point: Point | None


def explain(error: yaml.YAMLError, text: str) -> Meaning:
    """What a syntax error of PyYAML means, and where its cause shows."""
    problem = str(getattr(error, "problem", None) or error)
    mark: Any = getattr(error, "problem_mark", None)
    context: Any = getattr(error, "context_mark", None)
    if mark is None:
        return Meaning("HR102", problem, "", None)
    lines = text.splitlines()
    point = _within(text, Point(mark.line, mark.column))
    if (tab := _tab(lines, point)) is not None:
        return Meaning("HR102", "a tab in the indentation", "indent with spaces: YAML allows no tabs there", tab)
    if "<document start>" in problem:
        end = next((number for number in range(point.line, -1, -1) if lines[number].startswith("...")), point.line)
        return Meaning("HR104", "the document ends here, and more follows", "delete the line", Point(end, 0))
    first = min(context.line, point.line) if context else point.line
    if lookalike := first_in(lines, max(0, min(first, point.line - 1)), point.line):
        return Meaning(*lookalike)
    if lookalike := structural_in(lines, point.line):
        return Meaning(*lookalike)
    return Meaning("HR102", *_in_words(problem, lines, point, context))


def _in_words(problem: str, lines: list[str], point: Point, context: Any) -> tuple[str, str, Point]:
    line = lines[point.line] if point.line < len(lines) else ""
    if "cannot start any token" in problem:
        return _no_plain_text(line, point)
    if "mapping values are not allowed" in problem:
        return _stray_colon(lines, point)
    for part, message, remedy in _MEANINGS:
        if part in problem:
            if "not closed" in message and context:
                return message, remedy, Point(context.line, context.column)
            if "alias or anchor" in message and line[point.column - 1 : point.column] in ("*", "&"):
                point = Point(point.line, point.column - 1)
            return message, remedy, point
    if "expected ':'" in problem:
        return _no_pair(lines, Point(context.line, context.column) if context else point)
    misplaced = any(part in problem for part in ("'-' indicator", "expected key", "block sequence"))
    return _misplaced(lines, point) if misplaced else (problem, "", point)


def _no_plain_text(line: str, point: Point) -> tuple[str, str, Point]:
    character = line[point.column : point.column + 1]
    return f"a plain text cannot begin with `{character}`", f'put quotes round it, as in "{character}…"', point


def _stray_colon(lines: list[str], point: Point) -> tuple[str, str, Point]:
    """A second `: ` in a line, or a key below a line that has its value already."""
    line = lines[point.line]
    match = _PAIR.match(line)
    if match and match.end() <= point.column:  # the line's own key stands before it
        value = line[match.end() :].strip()
        shown = value if len(value) <= 30 else f"{value[:29]}…"
        quote = '"' if "'" in value else "'"
        return "a text with `: ` in it", f"{_QUOTE_IT}: `{match[1]}: {quote}{shown}{quote}`", point
    above = _line_above(lines, point.line)
    indent = Point(point.line, len(line) - len(line.lstrip()))
    if above is not None:
        if missing := _pairless(lines[above]):
            return missing[0], missing[1], Point(above, len(lines[above]) - len(lines[above].lstrip()))
        if text := _text_for_a_key(lines, above, point.line):
            return text
        message = f"a key below line {above + 1}, which has its value already"
        return message, f"indent it like the line that it belongs beside: {_spaces(lines[above])}", indent
    return "a `:` where no key can be", f"indent it rightly, or {_QUOTE_IT}", point


def _text_for_a_key(lines: list[str], above: int, index: int) -> tuple[str, str, Point] | None:
    """A comment that lost its `#`: a text at the margin, or one between a key and its list."""
    text, line = lines[above], lines[index]
    match = _PAIR.match(text)
    if match is None and not text.startswith((" ", "-")) and not line.startswith(" "):
        return "a text where a key is to be", "write `# ` before a comment, and `key: value` otherwise", Point(above, 0)
    value = text[match.end() :].strip() if match else ""
    if match and line.lstrip().startswith("- ") and " " in value and value[0] not in "'\"[{|>&!#":
        message = f"`{match[1]}` has a text for its value, and a list below it"
        at = text.index(value, match.end())
        return message, "write `# ` before a comment, or delete one of the two", Point(above, at)
    return None


def _no_pair(lines: list[str], point: Point) -> tuple[str, str, Point]:
    line = lines[point.line] if point.line < len(lines) else ""
    message, remedy = _pairless(line) or ("a key without `:`", "write `key: value`")
    return message, remedy, Point(point.line, len(line) - len(line.lstrip()))


def _pairless(line: str) -> tuple[str, str] | None:
    """Why a line is no `key: value`, where it looks much like one."""
    if match := _DASH.match(line):
        return "a `-` without a space after it", f"write `- {match[1].strip()}`"
    if match := _NO_SPACE.match(line):
        return "a `:` without a space after it", f"write `{match[1]}: {match[2].strip()}`"
    if match := _EQUALS.match(line):
        return "`=` gives no key its value", f"write `{match[1]}: {match[2].strip()}`"
    return None


def _misplaced(lines: list[str], point: Point) -> tuple[str, str, Point]:
    line = lines[point.line] if point.line < len(lines) else ""
    what = "list" if line.lstrip().startswith("- ") else "mapping"
    message = "this does not belong to the mapping above" if what == "mapping" else "an item of no list"
    here, before = line[point.column : point.column + 1], line[: point.column].rstrip()[-1:]
    if here and here in "}]":
        return f"a `{here}` too many", "delete it", point
    if before and before in "'\"":
        other = '"' if before == "'" else "'"
        remedy = (
            f"put {other} round the text, or write {before * 2 if before == chr(39) else chr(92) + before} inside it"
        )
        return "a quote ends the text here, and more follows", remedy, point
    above = _line_above(lines, point.line)
    if above is None or (same := _spaces(lines[above])) == _spaces(line):
        return message, "check the indentation", point
    parent = _line_above(lines, above)
    is_short = what == "mapping" and _indent(line) > _indent(lines[above])
    if is_short and parent is not None and _spaces(lines[parent]) == same and _OPEN_KEY.search(lines[parent]):
        message = f"this belongs below line {parent + 1}, and is not indented like line {point.line + 1}"
        remedy = f"indent it: line {point.line + 1} has {_spaces(line)}, this one {same}"
        return message, remedy, Point(above, _indent(lines[above]))
    return message, f"check the indentation: line {above + 1} has {same}, this one {_spaces(line)}", point


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _spaces(line: str) -> str:
    count = _indent(line)
    return "no space" if count == 0 else f"{count} space{'s' if count > 1 else ''}"


def _line_above(lines: list[str], index: int) -> int | None:
    """The line above that holds anything but a comment."""
    for above in range(index - 1, -1, -1):
        if lines[above].strip() and not lines[above].lstrip().startswith("#"):
            return above
    return None


def _within(text: str, point: Point) -> Point:
    """The point itself, or the end of the last line with content where the parser only noticed at the end."""
    lines = text.rstrip().splitlines() or [""]
    return point if point.line < len(lines) else Point(len(lines) - 1, len(lines[-1]))


def _tab(lines: list[str], point: Point) -> Point | None:
    if point.line < len(lines) and (match := re.match(r" *\t", lines[point.line])):
        return Point(point.line, match.end() - 1)
    return None
