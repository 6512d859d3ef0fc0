"""A YAML file with the place of everything in it.

The scalars mean what they mean to OmegaConf: YAML 1.1 without timestamps and with `1e3` as a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from headrace.config import yaml_survey
from headrace.config.excerpt import excerpt
from headrace.config.yaml_survey import UnfitError
from headrace.errors import Diagnostic, Place

#: A file past one of these is no configuration; the counts are taken before anything is expanded.
MAX_BYTES = 1_000_000
MAX_NODES = 20_000
MAX_DEPTH = 50

MERGE_TAG = "tag:yaml.org,2002:merge"
_CORE_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")}
_KEY_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool")}
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONFLICT = re.compile(r"^(?:<<<<<<< |>>>>>>> )", re.MULTILINE)
_FLOAT = re.compile(
    r"""^(?:
     [-+]?[0-9]+(?:_[0-9]+)*\.[0-9_]*(?:[eE][-+]?[0-9]+)?
    |[-+]?[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+)
    |\.[0-9]+(?:_[0-9]+)*(?:[eE][-+][0-9]+)?
    |[-+]?[0-9]+(?:_[0-9]+)*(?::[0-5]?[0-9])+\.[0-9_]*
    |[-+]?\.(?:inf|Inf|INF)
    |\.(?:nan|NaN|NAN))$""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Written:
    """A value where it was written: a scalar's text, or children by key (by index, in a list)."""

    at: Place
    key: Place | None = None
    text: str = ""
    children: Mapping[str, Written] | None = None
    is_list: bool = False
    below: Written | None = None
    """What stood at this path before this was written over it."""

    @property
    def is_mapping(self) -> bool:
        """Whether other mappings merge into it."""
        return self.children is not None and not self.is_list


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: its text, its plain values, where they stand, and what is wrong with it."""

    file: str
    text: str = ""
    data: Any = None
    root: Written | None = None
    problems: tuple[Diagnostic, ...] = ()

    def diagnostic(self, code: str, message: str, place: Place, remedy: str = "") -> Diagnostic:
        """A diagnostic with the excerpt of this file."""
        return Diagnostic(code, message, place, remedy, excerpt=excerpt(self.text, place))


def read(path: Path, file: str) -> Document:
    """Read a YAML file; `file` is how messages name it. A file that cannot be read has problems and no data."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return _refuse(Document(file), "HR105", f"larger than {MAX_BYTES:,} bytes", "keep data out of it")
        raw = path.read_bytes()
    except OSError as error:
        return _refuse(Document(file), "HR101", f"cannot be read: {error.strerror}", "check its permissions")
    return parse(raw, file)


@lru_cache(maxsize=1024)
def parse(raw: bytes, file: str) -> Document:
    """The document that these bytes spell; a pure function, remembered because pipelines share files."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _not_utf8(raw, file, error)
    document = Document(file, text)
    try:
        _check_characters(text)
        yaml_survey.check(text, MAX_NODES, MAX_DEPTH, _CORE_TAGS)
        return _build(document)
    except UnfitError as error:
        return _refuse(document, error.code, str(error), error.remedy, error.point)
    except yaml.YAMLError as error:
        message, remedy, point = yaml_survey.explain(error, text)
        return _refuse(document, "HR102", message, remedy, point)


def walk(written: Written, path: str = "") -> Iterator[tuple[str, Written]]:
    """Every value below, itself first, with its dotted path."""
    yield path, written
    for name, child in (written.children or {}).items():
        yield from walk(child, f"{path}.{name}" if path else name)


def places(document: Document) -> dict[str, tuple[Place | None, Place]]:
    """Dotted path -> place of the key (list items have none) and of the value."""
    if document.root is None:
        return {}
    return {path: (written.key, written.at) for path, written in walk(document.root) if path}


def _refuse(
    document: Document, code: str, message: str, remedy: str = "", point: yaml_survey.Point | None = None
) -> Document:
    place = Place(document.file, point.line + 1, point.column + 1) if point else Place(document.file)
    return replace(document, problems=(document.diagnostic(code, message, place, remedy),))


def _not_utf8(raw: bytes, file: str, error: UnicodeDecodeError) -> Document:
    before = raw[: error.start].decode("utf-8-sig")
    point = yaml_survey.point_of(before, len(before))
    shown = Document(file, raw.decode("utf-8-sig", errors="replace"))
    byte = raw[error.start]
    return _refuse(shown, "HR101", f"not UTF-8: byte 0x{byte:02x}", "save the file as UTF-8", point)


def _check_characters(text: str) -> None:
    if match := _UNPRINTABLE.search(text):
        message = f"a character that YAML does not allow: U+{ord(match[0]):04X}"
        raise UnfitError("HR102", message, yaml_survey.point_of(text, match.start()), "delete it")
    if match := _CONFLICT.search(text):
        remedy = "finish the merge: keep one side and delete the markers"
        point = yaml_survey.point_of(text, match.start())
        raise UnfitError("HR107", "a merge conflict is left in the file", point, remedy)


@lru_cache(maxsize=1)
def _loader() -> Any:
    """PyYAML's safe loader, in C where it is built in, with OmegaConf's reading of scalars."""

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        pass

    Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+0123456789."))
    Loader.yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in Loader.yaml_implicit_resolvers.items()
    }
    return Loader


def _build(document: Document) -> Document:
    loader = _loader()(document.text)
    try:
        node = loader.get_single_node()
        if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):  # nothing but comments
            return replace(document, data={}, root=Written(Place(document.file, 1, 1), children={}))
        problems = list(_key_problems(document, node, set()))
        if problems:
            return replace(document, problems=tuple(problems))
        if isinstance(node, yaml.ScalarNode):
            raise UnfitError("HR106", "the file is not a mapping of keys to values", _point(node), "write `key: value`")
        return replace(document, data=_construct(loader, node), root=_written(document.file, loader, node, None))
    finally:
        loader.dispose()


def _construct(loader: Any, node: yaml.Node) -> Any:
    try:
        return loader.construct_document(node)
    except ValueError as error:  # a number that Python cannot hold, or an explicit tag on another text
        raise UnfitError("HR102", f"a value that cannot be read: {error}", _point(node), "") from None


def _key_problems(document: Document, node: yaml.Node, seen: set[int]) -> Iterator[Diagnostic]:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _key_problems(document, item, seen)
    elif isinstance(node, yaml.MappingNode):
        first: dict[tuple[str, str], int] = {}
        for key, value in node.value:
            yield from _one_key(document, key, first)
            yield from _key_problems(document, value, seen)


def _one_key(document: Document, key: yaml.Node, first: dict[tuple[str, str], int]) -> Iterator[Diagnostic]:
    if key.tag == MERGE_TAG:
        return
    place = Place(document.file, key.start_mark.line + 1, key.start_mark.column + 1)
    if key.tag not in _KEY_TAGS or not isinstance(key, yaml.ScalarNode):
        kind = "null" if isinstance(key, yaml.ScalarNode) else "a list or mapping"
        yield document.diagnostic("HR106", f"{kind} cannot be a key", place, "write a name, in quotes if need be")
        return
    earlier = first.get((key.tag, key.value))
    if earlier is None:
        first[(key.tag, key.value)] = key.start_mark.line + 1
        return
    message = f"the key `{key.value}` is already there, on line {earlier}"
    yield document.diagnostic("HR103", message, place, "delete one of the two, or merge them")


def _point(node: yaml.Node) -> yaml_survey.Point:
    return yaml_survey.Point(node.start_mark.line, node.start_mark.column)


def _written(file: str, loader: Any, node: yaml.Node, key: Place | None) -> Written:
    at = Place(file, node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.SequenceNode):
        items = {str(index): _written(file, loader, item, None) for index, item in enumerate(node.value)}
        return Written(at, key, children=items, is_list=True)
    if isinstance(node, yaml.MappingNode):
        children = {}
        for name, value in node.value:
            key_at = Place(file, name.start_mark.line + 1, name.start_mark.column + 1)
            children[str(loader.construct_object(name))] = _written(file, loader, value, key_at)
        return Written(at, key, children=children)
    return Written(at, key, text=node.value)
