"""Changes to configurations, by their grammar and against it: keys, types, structure, bytes, choices, overrides, SQL.

A case is a base project, a seed and a list of `Step`s, each with a seed of its own: leaving one out leaves the others
as they are, so that a case can be made smaller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import yaml

from config_folder import FILES
from config_words import ENTRIES, FRAGMENTS, KEYS, OVERRIDE_KEYS, OVERRIDE_VALUES, SQL_FRAGMENTS, TEXTS, VALUES
from projects import REPOSITORY

#: What stands for a folder, or a link to the text, instead of a file of that content.
FOLDER, LINK = "\0folder", "\0link:"


@dataclass(frozen=True)
class Step:
    """One change: its name in STEPS, and what its choices are drawn from."""

    name: str
    seed: int


@dataclass
class Draft:
    """A project that is being changed."""

    files: dict[str, str | bytes]
    pipeline: str
    overrides: list[str] = field(default_factory=list)


def bases() -> Mapping[str, Draft]:
    """What is changed: the small project of the tests, and this repository's own configuration by pipeline."""
    conf = {
        path.relative_to(REPOSITORY).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((REPOSITORY / "conf").rglob("*"))
        if path.is_file()
    }
    names = [Path(name).stem for name in conf if name.startswith("conf/pipeline/")]
    return {"late": Draft(dict(FILES), "late"), **{name: Draft(conf, name) for name in names}}


def steps(seed: int) -> tuple[str, tuple[Step, ...]]:
    """The base and the changes of a case; a third of all cases have one change alone."""
    chance = Random(seed)
    base = chance.choice(["late", "late", *bases_names()])
    count = chance.choice([1, 1, 2, 2, 3, 5])
    names = list(STEPS)
    return base, tuple(Step(chance.choice(names), chance.getrandbits(32)) for _ in range(count))


def bases_names() -> list[str]:
    """Names of the bases, without reading them."""
    return ["late", *sorted(path.stem for path in (REPOSITORY / "conf" / "pipeline").glob("*.yaml"))]


def apply(base: Draft, changes: tuple[Step, ...]) -> Draft:
    """The base with the changes made, in order."""
    draft = Draft(dict(base.files), base.pipeline, list(base.overrides))
    for step in changes:
        STEPS[step.name](draft, Random(step.seed))
    return draft


def _yaml_file(draft: Draft, chance: Random) -> tuple[str, str] | None:
    """A file to change: more often than not one that this pipeline is made of."""
    names = [name for name, text in draft.files.items() if name.endswith(".yaml") and _is_text(text)]
    near = [name for name in names if Path(name).stem in (draft.pipeline, "config")] or names
    if not names:
        return None
    name = chance.choice(near if chance.random() < 0.6 else names)
    return name, str(draft.files[name])


def _is_text(text: str | bytes) -> bool:
    return isinstance(text, str) and not text.startswith("\0")


def _text_step(change: Callable[[str, Random], str | bytes]) -> Callable[[Draft, Random], None]:
    def step(draft: Draft, chance: Random) -> None:
        found = _yaml_file(draft, chance)
        if found:
            draft.files[found[0]] = change(found[1], chance)

    return step


def _insert(text: str, chance: Random) -> str:
    at = chance.randint(0, len(text))
    return text[:at] + chance.choice(FRAGMENTS + TEXTS) + text[at + chance.choice([0, 0, 1, 4, 20]) :]


def _lines(text: str, chance: Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            lines.insert(first, lines[second])
        case 1:
            del lines[first]
        case 2:
            lines[first], lines[second] = lines[second], lines[first]
        case 3:
            lines[first] = chance.choice(["  ", "\t", " "]) + lines[first]
        case _:
            lines[first] = lines[first].lstrip()
    return "".join(lines)


def _bytes(text: str, chance: Random) -> bytes:
    raw = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(chance.choice([1, 1, 3, 20])):
        at = chance.randint(0, len(raw))
        raw[at : at + chance.choice([0, 1])] = bytes([chance.randrange(256)])
    return bytes(raw[: chance.randint(0, len(raw))] if chance.random() < 0.2 else raw)


def _big(text: str, chance: Random) -> str:
    match chance.randrange(6):
        case 0:
            return text + "deep: " + "[" * chance.choice([30, 60, 3000])
        case 1:
            return text + "deep: " + "{a: " * 100 + "1" + "}" * 100
        case 2:
            aliases = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))
            return f"{text}\na0: &a0 [x]\n{aliases}\n"
        case 3:
            return text + "".join(f"k{n}: {n}\n" for n in range(chance.choice([100, 3_000, 30_000])))
        case 4:
            return text + f"description: {'x' * chance.choice([1_000, 100_000, 2_000_000])}\n"
        case _:
            return text + "tags: [" + "x, " * 5_000 + "]\n"


def _scalar(text: str, chance: Random) -> str:
    """Another value behind a `key:` of the text, comments and order left alone."""
    spots = list(re.finditer(r"(?<=: )[^\s,\[\]{}#][^,\[\]{}#\n]*", text))
    if not spots:
        return text
    spot = chance.choice(spots)
    new = chance.choice(TEXTS)
    quoted = new if chance.random() < 0.4 else "'" + new.replace("'", "''") + "'"
    return text[: spot.start()] + quoted + text[spot.end() :]


def _key(text: str, chance: Random) -> str:
    spots = list(re.finditer(r"\b[A-Za-z_]\w*+(?=:)", text))  # in linear time: some texts are one long word
    if not spots:
        return text
    spot = chance.choice(spots)
    word = chance.choice([chance.choice(KEYS), spot[0][:-1], spot[0] + "s", spot[0].upper()])
    return text[: spot.start()] + word + text[spot.end() :]


def _tree(text: str, chance: Random) -> str:
    """The file as values, changed and written again: valid YAML of a wrong shape."""
    header = text[: text.find("\n") + 1] if text.startswith("# @package") and chance.random() < 0.9 else ""
    values = _values(text)
    spots = list(_spots(values))
    if not spots:
        return text
    holder, key = chance.choice(spots)
    match chance.randrange(7):
        case 0 | 1:
            holder[key] = chance.choice(VALUES + TEXTS)
        case 2:
            holder.pop(key)
        case 3 if isinstance(holder, dict):
            holder[chance.choice(KEYS)] = holder.pop(key)
        case 4:
            holder[key] = [holder[key]] if chance.random() < 0.5 else {chance.choice(KEYS): holder[key]}
        case 5:
            source, name = chance.choice(spots)
            holder[key] = yaml.safe_load(yaml.safe_dump(source[name])) if _has(source, name) else None
        case _:
            if isinstance(holder, dict):
                holder[chance.choice(KEYS)] = chance.choice(VALUES + TEXTS)
            else:
                holder.append(chance.choice(VALUES + TEXTS))
    return header + _dumped(values, text)


def _values(text: str) -> Any:
    """What the text spells, if that can be walked: aliases may stand for more than fits into memory."""
    try:
        return None if "*" in text or len(text) > 50_000 else yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _has(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else isinstance(key, int) and key < len(holder)


def _dumped(values: Any, otherwise: str) -> str:
    try:
        return str(yaml.safe_dump(values, sort_keys=False, allow_unicode=True))
    except (yaml.YAMLError, RecursionError, UnicodeError, TypeError):
        return otherwise


def _spots(values: Any) -> Iterator[tuple[Any, Any]]:
    items = (
        list(values.items())
        if isinstance(values, dict)
        else list(enumerate(values))
        if isinstance(values, list)
        else []
    )
    for key, value in items:
        yield values, key
        yield from _spots(value)


def _defaults(text: str, chance: Random) -> str:
    header = text[: text.find("\n") + 1] if text.startswith("# @package") else ""
    values = _values(text)
    if not isinstance(values, dict):
        return text
    entries = values.get("defaults")
    entries = list(entries) if isinstance(entries, list) else []
    match chance.randrange(4):
        case 0 if entries:
            entries.pop(chance.randrange(len(entries)))
        case 1 if entries:
            chance.shuffle(entries)
        case 2 if entries:
            entries[chance.randrange(len(entries))] = chance.choice(ENTRIES)
        case _:
            entries.insert(chance.randint(0, len(entries)), chance.choice(ENTRIES))
    rest = {key: value for key, value in values.items() if key != "defaults"}
    return header + _dumped({"defaults": entries, **rest}, text)


def _override(draft: Draft, chance: Random) -> None:
    key, value = chance.choice(OVERRIDE_KEYS), chance.choice(OVERRIDE_VALUES)
    shape = chance.choice(["{k}={v}", "{k}={v}", "+{k}={v}", "++{k}={v}", "~{k}", "~{k}={v}", "{k}", "{v}"])
    draft.overrides.append(shape.format(k=key, v=value))


def _sql(draft: Draft, chance: Random) -> None:
    names = [name for name, text in draft.files.items() if name.endswith(".sql") and _is_text(text)]
    if not names:
        return
    name = chance.choice(names)
    tokens = re.split(r"(\W)", str(draft.files[name]))
    for _ in range(chance.choice([1, 1, 2, 5])):
        at = chance.randrange(len(tokens))
        match chance.randrange(4):
            case 0:
                tokens[at] = chance.choice(SQL_FRAGMENTS)
            case 1:
                tokens.insert(at, f" {chance.choice(SQL_FRAGMENTS)} ")
            case 2:
                tokens[at] = ""
            case _:
                tokens[at] = chance.choice(tokens)
    if chance.random() < 0.03:
        tokens.insert(len(tokens) // 2, "(" * 3_000)
    draft.files[name] = "".join(tokens)


def _file(draft: Draft, chance: Random) -> None:
    names = sorted(draft.files)
    if not names:
        return
    name, other = chance.choice(names), chance.choice(names)
    match chance.randrange(7):
        case 0:
            del draft.files[name]
        case 1:
            draft.files[name] = draft.files[other]
        case 2:
            draft.files[name] = ""
        case 3:
            draft.files[name] = FOLDER
        case 4:
            draft.files[name] = LINK + chance.choice([Path(name).name, "/etc/passwd", "/nowhere", "..", "/dev/null"])
        case 5:
            draft.files[name.replace(".yaml", ".yml")] = draft.files.pop(name)
        case _:
            draft.files[f"conf/pipeline/{chance.choice(['a b', 'é', '{{x}}', 'x.y', '-x', '__init__'])}.yaml"] = (
                draft.files[other]
            )


#: Every kind of change, by name.
STEPS: Mapping[str, Callable[[Draft, Random], None]] = {
    "insert": _text_step(_insert),
    "lines": _text_step(_lines),
    "bytes": _text_step(_bytes),
    "big": _text_step(_big),
    "scalar": _text_step(_scalar),
    "scalars": _text_step(lambda text, chance: _scalar(_scalar(text, chance), chance)),
    "key": _text_step(_key),
    "tree": _text_step(_tree),
    "trees": _text_step(lambda text, chance: _tree(_tree(text, chance), chance)),
    "defaults": _text_step(_defaults),
    "override": _override,
    "sql": _sql,
    "file": _file,
}
