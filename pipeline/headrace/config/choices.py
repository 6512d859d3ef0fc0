"""The choices that defaults lists make: which option of which group, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from posixpath import dirname

from headrace.config.nearest import nearest, suggestion
from headrace.config.nodes import Document, Written
from headrace.errors import Diagnostic, Place

_GLUED = re.compile(r"((?:override |optional )?/?[A-Za-z_][\w/]*)(?:[:= ]|\s*[:=]\s*)([A-Za-z_]\w*)")
#: Stands in a defaults list for the file itself.
SELF = "_self_"


@dataclass(frozen=True, slots=True)
class Choice:
    """One `group: option` of a defaults list; `options` is empty for null and for interpolations."""

    document: Document
    group: str
    """From conf/ on, without a leading slash."""
    key: str
    """The group, with its package where it names one: what an override must name."""
    options: tuple[str, ...]
    text: str
    """The entry as it was written."""
    group_place: Place
    option_place: Place
    override: bool = False
    optional: bool = False
    relative: str = ""
    """The group as it was written, if it was written without a leading slash."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """What there is to choose from."""

    group_exists: Callable[[str], bool]
    file_exists: Callable[[str], bool]
    options: Callable[[str], Sequence[str]]
    groups: Sequence[str]
    folder: str
    """How messages name the configuration folder."""


def malformed(document: Document) -> Iterator[Diagnostic]:
    """Entries of a file's defaults list that have no meaning."""
    defaults = _defaults(document)
    if defaults is None:
        return
    if not defaults.is_list:
        yield document.diagnostic("HR113", "`defaults` must be a list", defaults.at, "write `- group: option` lines")
        return
    selves = 0
    for item in (defaults.children or {}).values():
        selves += item.text == SELF
        if item.text == SELF and selves == 2:
            yield document.diagnostic("HR125", "`_self_` is there twice", item.at, "delete one of the two")
        if problem := _shape_problem(item):
            yield document.diagnostic("HR113", problem, item.at, "write `- group: option`, `- file` or `- _self_`")


def choices(path: str, document: Document) -> list[Choice]:
    """The group choices of one file; `path` is its config path, such as `pipeline/flight_delays`."""
    defaults = _defaults(document)
    found = []
    for item in (defaults.children or {}).values() if defaults and defaults.is_list else ():
        for written_key, value in (item.children or {}).items():
            if written_key.strip():  # a nameless group is refused for its shape
                found.append(_choice(dirname(path), document, written_key, value))
    return found


def _defaults(document: Document) -> Written | None:
    if document.root is None or not document.root.is_mapping:
        return None
    return (document.root.children or {}).get("defaults")


def _shape_problem(item: Written) -> str:
    if item.children is None:
        return "" if item.text else "an empty entry in the defaults list"
    if item.is_list or len(item.children) != 1:
        return "an entry of a defaults list names one group"
    if not next(iter(item.children)).strip():
        return "an entry of a defaults list names a group"
    value = next(iter(item.children.values()))
    nested = any(child.children is not None for child in (value.children or {}).values())
    return "an option is the name of a file" if value.is_mapping or nested else ""


def _choice(folder: str, document: Document, written_key: str, value: Written) -> Choice:
    *keywords, name = written_key.split()
    group, _, package = name.partition("@")
    absolute = group.startswith("/") or not folder
    full = group.lstrip("/") if absolute else f"{folder}/{group}"
    texts = [child.text for child in value.children.values()] if value.children is not None else [value.text]
    options = tuple(text for text in texts if text not in ("", "null", "~", "???") and "${" not in text)
    shown = value.text if value.children is None else f"[{', '.join(texts)}]"
    return Choice(
        document=document,
        group=full,
        key=f"{full}@{package}" if package else full,
        options=options,
        text=f"{written_key}: {shown}",
        group_place=value.key or value.at,
        option_place=value.at,
        override="override" in keywords,
        optional="optional" in keywords,
        relative="" if absolute else group,
    )


def problems(found: Mapping[str, Document], catalog: Catalog) -> list[Diagnostic]:
    """What is wrong with the choices of these files (config path -> file), in order."""
    made = [choice for path, document in found.items() for choice in choices(path, document)]
    all_exist = all(choice.optional or catalog.group_exists(choice.group) for choice in made)
    all_found = [
        *(problem for path, document in found.items() for problem in _missing_files(dirname(path), document, catalog)),
        *(problem for choice in made if (problem := _missing(choice, catalog))),
        *(problem for document in found.values() for problem in _out_of_order(document)),
        *(_unmatched_overrides(made, catalog) if all_exist else ()),
        *_chosen_twice(made),
    ]
    first: dict[Place | None, Diagnostic] = {}
    for problem in all_found:  # of several at one entry, the first explains the others
        first.setdefault(problem.place, problem)
    return list(first.values())


def mentioned(message: str, found: Mapping[str, Document]) -> Choice | None:
    """The choice that a message of Hydra's speaks of, as far as its words tell."""
    made = [choice for path, document in found.items() for choice in choices(path, document)]
    message = message.partition(", possible interpolation keys")[0]
    named = [choice for choice in made if choice.group in message or choice.text.rpartition(": ")[2] in message]
    likely = [choice for choice in named if choice.override == ("override" in message)]
    dynamic = [choice for choice in named if "${" in choice.text]
    return next(iter([*dynamic, *likely, *named]), None)


def _comes_after(item: Written) -> bool:
    """The pipeline and its environment are chosen in conf/config.yaml to be merged over its own values."""
    return next(iter(item.children or {}), "").lstrip("/") in ("pipeline", "env")


def order(document: Document) -> Iterator[Diagnostic]:
    """Warnings about where the file's own values land: they are expected to win over what it chooses."""
    defaults = _defaults(document)
    if defaults is None or not defaults.is_list or not set(document.root.children or {}) - {"defaults"}:  # type: ignore[union-attr]
        return
    entries = list((defaults.children or {}).values())
    own = [index for index, item in enumerate(entries) if item.text == SELF]
    chosen = [index for index, item in enumerate(entries) if item.children and not _is_override(item)]
    chosen = [index for index in chosen if not _comes_after(entries[index])]
    if len(own) > 1 or any(_is_like_self(item) for item in entries):
        return  # refused for what it is
    if entries and not own:
        message = "the defaults list lacks `_self_`: this file's values are merged after all that it chooses"
        yield replace(
            document.diagnostic(
                "HR125", message, defaults.key or defaults.at, "say so: write `- _self_` as its last entry"
            ),
            severity="warning",
        )
    elif own and any(index > own[0] for index in chosen):
        message = "`_self_` stands before other entries: their values replace this file's own"
        yield replace(
            document.diagnostic("HR125", message, entries[own[0]].at, "move `- _self_` to the end of the list"),
            severity="warning",
        )


def _is_like_self(item: Written) -> bool:
    return item.text != SELF and item.text.strip("_").lower() == "self"


def _is_override(item: Written) -> bool:
    return next(iter(item.children or {}), "").startswith("override ")


def loop(start: str, read: Callable[[str], Document | None]) -> Diagnostic | None:
    """The entry by which a file, by way of others or at once, chooses itself; paths are config paths."""
    return _loop(start, read, (), set())


def _loop(
    path: str, read: Callable[[str], Document | None], above: tuple[str, ...], done: set[str]
) -> Diagnostic | None:
    document = read(path)
    if document is None or path in done:
        return None
    for target, place in entries(path, document):
        trail = (*above, path)
        if target in trail:
            shown = " → ".join([*trail[trail.index(target) :], target])
            message = f"the defaults lists lead back to this file: {shown}"
            return document.diagnostic("HR129", message, place, "delete this entry")
        if found := _loop(target, read, trail, done):
            return found
    done.add(path)
    return None


def entries(path: str, document: Document) -> Iterator[tuple[str, Place]]:
    """The files that a defaults list names, as config paths, overrides included, and where it names them."""
    for choice in choices(path, document):
        for option in () if choice.optional else choice.options:
            yield f"{choice.group}/{option.removesuffix('.yaml')}", choice.option_place
    for item, target in _files(dirname(path), document):
        yield target, item.at


def _files(folder: str, document: Document) -> Iterator[tuple[Written, str]]:
    """Entries that name a file rather than a group, `- other` or `- /group/option`, and its config path."""
    defaults = _defaults(document)
    for item in (defaults.children or {}).values() if defaults and defaults.is_list else ():
        name = item.text.partition("@")[0].removesuffix(".yaml")
        if item.children is None and name and name != SELF and "${" not in name:
            yield item, name.lstrip("/") if name.startswith("/") or not folder else f"{folder}/{name}"


def _out_of_order(document: Document) -> Iterator[Diagnostic]:
    """Entries below an `override`, which must be the last ones (but for `_self_`)."""
    seen_override = False
    defaults = _defaults(document)
    for item in (defaults.children or {}).values() if defaults and defaults.is_list else ():
        entry = next(iter(item.children or [item.text]))
        if entry.startswith("override "):
            seen_override = True
        elif seen_override and entry != "_self_":
            message = "this entry stands below an `override`"
            yield document.diagnostic("HR113", message, item.at, "move it above the `override` lines")


def _missing_files(folder: str, document: Document, catalog: Catalog) -> Iterator[Diagnostic]:
    for item, path in _files(folder, document):
        if catalog.file_exists(path):
            continue
        if glued := _GLUED.fullmatch(item.text):
            pair = f"{glued[1]}: {glued[2]}"
            message = f"`{item.text}` is no pair of a group and an option"
            yield document.diagnostic("HR113", message, item.at, f"write `- {pair}`, with a colon and a space")
            continue
        inside, _, option = path.rpartition("/")
        beside = catalog.options(inside) if catalog.group_exists(inside) else []
        remedy = f"did you mean {SELF}?" if _is_like_self(item) else suggestion(option, beside)
        yield document.diagnostic("HR112", f"{catalog.folder}/{path}.yaml does not exist", item.at, remedy)


def unknown_option(group: str, option: str, catalog: Catalog) -> tuple[str, str]:
    """Message and remedy for an option that has no file."""
    message = f"{catalog.folder}/{group} has no option `{option}`"
    return message, suggestion(option, catalog.options(group))


def _missing(choice: Choice, catalog: Catalog) -> Diagnostic | None:
    if choice.optional:
        return None
    if not catalog.group_exists(choice.group):
        return choice.document.diagnostic("HR111", *_unknown_group(choice, catalog))
    known = catalog.options(choice.group)
    for option in choice.options:
        if option.removesuffix(".yaml") not in known:
            message, remedy = unknown_option(choice.group, option, catalog)
            return choice.document.diagnostic("HR112", message, choice.option_place, remedy)
    return None


def _unknown_group(choice: Choice, catalog: Catalog) -> tuple[str, Place, str]:
    message = f"there is no group `{choice.group}`: {catalog.folder} has no such folder"
    if choice.relative and catalog.group_exists(choice.relative):
        return message, choice.group_place, f"write /{choice.relative}: groups start at {catalog.folder} with a slash"
    return message, choice.group_place, suggestion(choice.group, catalog.groups)


def _unmatched_overrides(made: Iterable[Choice], catalog: Catalog) -> Iterator[Diagnostic]:
    chosen = {choice.group for choice in made if not choice.override}
    for choice in made:
        # Hydra's own groups are chosen in its own defaults list, which is no file of the project.
        if not choice.override or choice.group in chosen or choice.group.startswith("hydra/"):
            continue
        if catalog.group_exists(choice.group):
            message = f"there is no choice of `{choice.group}` to override"
            remedy = f"leave `override` out: `/{choice.text.removeprefix('override ').lstrip('/')}`"
            yield choice.document.diagnostic("HR113", message, choice.group_place, remedy)


def _chosen_twice(made: Iterable[Choice]) -> Iterator[Diagnostic]:
    first: dict[str, Choice] = {}
    for choice in made:
        if choice.override:
            continue
        earlier = first.setdefault(choice.key, choice)
        if earlier is not choice:
            message = f"`{choice.group}` is chosen already, at {earlier.group_place}"
            remedy = f"write `override /{choice.text.lstrip('/')}` to replace that choice"
            yield choice.document.diagnostic("HR113", message, choice.group_place, remedy)


def close_groups(word: str, catalog: Catalog) -> list[str]:
    """Groups that somebody who wrote `word` may have meant."""
    return nearest(word, catalog.groups)
