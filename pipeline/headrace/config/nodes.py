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

from headrace.config import yaml_survey, yaml_syntax, yaml_text
from headrace.config.excerpt import excerpt
from headrace.config.file_kind import unreadable
from headrace.config.yaml_mistakes import mistakes, point_of_node
from headrace.config.yaml_survey import UnfitError
from headrace.errors import Diagnostic, Place

#: A file past one of these is no configuration; the counts are taken before anything is expanded.
MAX_NODES = 20_000
MAX_DEPTH = 50

_CORE_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")}
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
    plain: bool = False
    """A scalar without quotes."""

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


def read(path: Path, file: str, inside: Path | None = None) -> Document:
    """Read a YAML file; `file` is how messages name it. A file that cannot be read has problems and no data.

    A link may lead to another place below the folder `inside`, if one is given, and nowhere else.
    """
    if (problem := unreadable(path, file, inside)) is not None:
        return replace(Document(file), problems=(problem,))
    try:
        return parse(path.read_bytes(), file)
    except OSError as error:
        return _refuse(Document(file), "HR101", f"cannot be read: {error.strerror}", "check its permissions")


@lru_cache(maxsize=1024)
def parse(raw: bytes, file: str) -> Document:
    """The document that these bytes spell; a pure function, remembered because pipelines share files."""
    document = Document(file)
    try:
        document = Document(file, yaml_text.decode(raw))
        yaml_text.check_characters(document.text)
        yaml_survey.check(document.text, MAX_NODES, MAX_DEPTH, _CORE_TAGS)
        return _build(document)
    except UnfitError as error:
        document = replace(document, text=getattr(error, "shown", document.text))
        return _refuse(document, error.code, str(error), error.remedy, error.point)
    except yaml.YAMLError as error:
        meaning = yaml_syntax.explain(error, document.text)
        return _refuse(document, meaning.code, meaning.message, meaning.remedy, meaning.point)


def is_empty(document: Document) -> bool:
    """Whether a file holds nothing but comments; `{}` says that there is nothing on purpose."""
    return document.root is not None and not document.root.children and not _without_comments(document.text)


def empty_file(document: Document) -> Diagnostic:
    """What is said of a file that holds nothing."""
    kind = "only comments" if document.text.strip() else "nothing"
    place = Place(document.file, 1, 1)
    return document.diagnostic(
        "HR128", f"the file holds {kind}", place, "fill it, delete it, or write {} for no values"
    )


def _without_comments(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return "".join(line for line in lines if line and not line.startswith(("#", "---")))


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
        problems = tuple(_diagnostics(document, node))
        if any(problem.code == "HR106" for problem in problems):  # what has no such keys cannot be built
            return replace(document, problems=problems)
        if isinstance(node, yaml.ScalarNode):
            message = "the file is not a mapping of keys to values"
            raise UnfitError("HR106", message, point_of_node(node), _pair_remedy(node.value))
        data = _construct(loader, node)
        return replace(document, data=data, root=_written(document.file, loader, node, None), problems=problems)
    finally:
        loader.dispose()


def _construct(loader: Any, node: yaml.Node) -> Any:
    try:
        return loader.construct_document(node)
    except _NOT_OF_THE_KIND:
        raise _unreadable(node) from None


#: What PyYAML raises for a number that Python cannot hold, and for an explicit tag on another text.
_NOT_OF_THE_KIND = (ValueError, LookupError, AttributeError, TypeError)


def _unreadable(root: yaml.Node) -> UnfitError:
    """The first value that cannot be made of its text, with its place."""
    loader = _loader()("")
    for node in _scalars(root):
        try:
            loader.construct_object(node)
        except _NOT_OF_THE_KIND as error:
            reason, remedy = str(error), ""
            if not isinstance(error, ValueError):
                kind = node.tag.rpartition(":")[2]
                reason, remedy = f"`{node.value[:40]}` is no {kind}", "write a plain value without a tag"
            return UnfitError("HR102", f"a value that cannot be read: {reason}", point_of_node(node), remedy)
    return UnfitError("HR102", "a value that cannot be read", point_of_node(root), "")


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)


def _diagnostics(document: Document, node: yaml.Node) -> Iterator[Diagnostic]:
    for code, message, remedy, point in mistakes(node, document.text):
        yield document.diagnostic(code, message, Place(document.file, point.line + 1, point.column + 1), remedy)


def _pair_remedy(text: str) -> str:
    name, sign, value = text.partition(":" if ":" in text else "=")
    glued = bool(sign) and re.fullmatch(r"[\w.-]+ *", name) and "\n" not in text and len(text) < 60
    return f"write `{name.strip()}: {value.strip()}`" if glued else "write `key: value`"


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
    return Written(at, key, text=node.value, plain=isinstance(node, yaml.ScalarNode) and not node.style)
