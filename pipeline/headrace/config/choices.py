"""The choices that defaults lists make: which option of which group, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname

from headrace.config.nearest import nearest, suggestion
from headrace.config.nodes import Document, Written
from headrace.errors import Diagnostic, Place


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
    for item in (defaults.children or {}).values():
        if problem := _shape_problem(item):
            yield document.diagnostic("HR113", problem, item.at, "write `- group: option`, `- file` or `- _self_`")


def choices(path: str, document: Document) -> list[Choice]:
    """The group choices of one file; `path` is its config path, such as `pipeline/flight_delays`."""
    defaults = _defaults(document)
    found = []
    for item in (defaults.children or {}).values() if defaults and defaults.is_list else ():
        for written_key, value in (item.children or {}).items():
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
    return [
        *(problem for path, document in found.items() for problem in _missing_files(dirname(path), document, catalog)),
        *(problem for choice in made if (problem := _missing(choice, catalog))),
        *(problem for document in found.values() for problem in _out_of_order(document)),
        *_unmatched_overrides(made, catalog),
        *_chosen_twice(made),
    ]


def mentioned(message: str, found: Mapping[str, Document]) -> Choice | None:
    """The choice that a message of Hydra's speaks of, as far as its words tell."""
    made = [choice for path, document in found.items() for choice in choices(path, document)]
    message = message.partition(", possible interpolation keys")[0]
    named = [choice for choice in made if choice.group in message or choice.text.rpartition(": ")[2] in message]
    likely = [choice for choice in named if choice.override == ("override" in message)]
    dynamic = [choice for choice in named if "${" in choice.text]
    return next(iter([*dynamic, *likely, *named]), None)


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
    """Entries that name a file rather than a group: `- other`, `- /group/option`."""
    defaults = _defaults(document)
    for item in (defaults.children or {}).values() if defaults and defaults.is_list else ():
        name = item.text.partition("@")[0]
        path = name.lstrip("/") if name.startswith("/") or not folder else f"{folder}/{name}"
        if item.children is None and name != "_self_" and "${" not in name and not catalog.file_exists(path):
            inside, _, option = path.rpartition("/")
            beside = catalog.options(inside) if catalog.group_exists(inside) else []
            message = f"{catalog.folder}/{path}.yaml does not exist"
            yield document.diagnostic("HR112", message, item.at, suggestion(option, beside))


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
