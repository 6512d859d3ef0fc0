"""`${…}`: which resolvers a configuration may use, what they do, and where others are named."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from omegaconf import AnyNode
from omegaconf.errors import InterpolationResolutionError, OmegaConfBaseException
from omegaconf.grammar.gen.OmegaConfGrammarParser import OmegaConfGrammarParser
from omegaconf.grammar_parser import parse

from headrace.config.nearest import suggestion
from headrace.config.nodes import Document, Written, walk
from headrace.errors import Diagnostic, Place

#: OmegaConf's own resolvers that look at nothing but the configuration.
INNER = ("oc.create", "oc.decode", "oc.deprecated", "oc.dict.keys", "oc.dict.values", "oc.select")
ALLOWED = ("env", "secret", "each", *INNER)
#: Hydra's resolvers, which its own part of the configuration may use: they say where and when it runs.
HYDRA = ("hydra", "now", "python_version")

#: What interpolations past all bounds are told by.
ENDLESS = "HR262"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_USE_INSTEAD = "write ${env:NAME} for what is recorded in the open, ${secret:NAME} for what is not"


class Problem(NamedTuple):
    """Something wrong with an interpolation, at an offset of its text."""

    code: str
    message: str
    remedy: str
    offset: int


class UnresolvableError(InterpolationResolutionError):
    """Raised by our own resolvers; OmegaConf lets it pass through unchanged."""

    def __init__(self, message: str, code: str = "HR135", remedy: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.remedy = code, message, remedy


class Budget:
    """How much all interpolations of a composition may cost: one that stands for two others doubles them."""

    _MOST = 20_000
    """Interpolations evaluated, those within others included."""
    _LONGEST = 1_000_000
    """Characters of a text that they make."""

    def __init__(self) -> None:
        self._spent = 0

    def spent_by(self, evaluate: Callable[..., Any]) -> Callable[..., Any]:
        """OmegaConf's evaluation of one text, which raises UnresolvableError once the budget is spent."""

        def counted(container: Any, *arguments: Any, **named: Any) -> Any:
            self._spent += 1
            result = None if self._spent > self._MOST else evaluate(container, *arguments, **named)
            value = result._value() if isinstance(result, AnyNode) else result
            if self._spent > self._MOST or (isinstance(value, str) and len(value) > self._LONGEST):
                message = "the interpolations stand for more than a configuration may hold"
                raise UnresolvableError(message, ENDLESS, "write values out, or refer to fewer of them")
            return result

        return counted


class _Required:
    """Marks an absent default: None is a default that somebody may give."""


class Resolvers:
    """The resolvers of one composition, and the environment variables that they read."""

    def __init__(self, environ: Mapping[str, str] = os.environ, seen: dict[str, str | None] | None = None) -> None:
        self.environ = environ
        self.seen: dict[str, str | None] = {} if seen is None else seen

    def env(self, name: str, default: Any = _Required) -> str | None:
        """The environment variable as text, else the default as text; a default of null stays null."""
        _check_name("env", name)
        value = self.seen[name] = self.environ.get(name)
        if value is None and default is _Required:
            remedy = f"set it, or give a default: ${{env:{name},DEFAULT}}"
            raise UnresolvableError(f"the environment variable {name} is not set", "HR135", remedy)
        return value if value is not None else None if default is None else str(default)

    @staticmethod
    def secret(name: str) -> str:
        """The reference itself: secrets are resolved in the stage that uses them."""
        _check_name("secret", name)
        return f"${{secret:{name}}}"

    @staticmethod
    def each(name: str) -> str:
        """The hole itself: the members of `for_each` fill it when the pipeline is checked, and when it runs."""
        _check_name("each", name)
        return f"${{each:{name}}}"

    @staticmethod
    def refused(*_: Any) -> None:
        """Stands for `oc.env`, also where a text that is decoded turns out to name it."""
        raise UnresolvableError("`oc.env` is forbidden", "HR134", _USE_INSTEAD)


def _check_name(resolver: str, name: Any) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        remedy = f"write ${{{resolver}:NAME}} with letters, digits and _"
        raise UnresolvableError(f"{name!r} cannot be the name of a variable", "HR137", remedy)


def problems(document: Document, below_hydra: bool = False) -> Iterator[Diagnostic]:
    """Interpolations of a file that cannot be read or that name a resolver which is not allowed."""
    assert document.root is not None
    for path, written in walk(document.root):
        if "${" in written.text:
            inside = below_hydra or path.split(".")[0] == "hydra"
            for problem in text_problems(written.text, inside):
                place = _place_in(document, written, problem.offset)
                yield document.diagnostic(problem.code, problem.message, place, problem.remedy)


def broken(document: Document) -> bool:
    """Whether an interpolation of the file has no readable syntax."""
    texts = [written.text for _, written in walk(document.root)] if document.root else []
    return any(problem.code == "HR137" for text in texts if "${" in text for problem in text_problems(text))


def text_problems(text: str, below_hydra: bool = False) -> list[Problem]:
    """What is wrong with the interpolations of one text."""
    try:
        tree = parse(text)
    except OmegaConfBaseException as error:
        reason = str(error).splitlines()[0]
        if "BRACE_CLOSE" in reason:
            reason = "its `}` is missing"
        remedy = "write ${dotted.path} or ${env:NAME}; a plain dollar and brace are written \\${"
        return [Problem("HR137", f"the interpolation cannot be read: {reason}", remedy, text.find("${"))]
    allowed = ("env", *HYDRA) if below_hydra else ALLOWED
    found = []
    for name, offset in _resolver_names(tree):
        if name not in allowed:
            found.append(_not_allowed(name, offset))
    return found


def _not_allowed(name: str, offset: int) -> Problem:
    if name == "oc.env":
        return Problem("HR134", "`${oc.env:…}` is forbidden", _USE_INSTEAD, offset)
    if name in HYDRA:
        message = f"`${{{name}:…}}` is forbidden: a plan does not depend on where and when it is made"
        return Problem("HR134", message, "write the value itself", offset)
    if "${" in name:
        return Problem("HR134", "the name of a resolver cannot be an interpolation", "write the name itself", offset)
    if name in ALLOWED:
        message = f"`${{{name}:…}}` is forbidden below `hydra`: Hydra calls what it makes"
        return Problem("HR134", message, "write the value itself", offset)
    return Problem("HR132", f"there is no resolver `{name}`", suggestion(name, ALLOWED), offset)


def _resolver_names(tree: Any) -> Iterator[tuple[str, int]]:
    if isinstance(tree, OmegaConfGrammarParser.InterpolationResolverContext):
        yield tree.getChild(1).getText(), tree.start.start
    for index in range(tree.getChildCount() if hasattr(tree, "children") else 0):
        yield from _resolver_names(tree.getChild(index))


def _place_in(document: Document, written: Written, offset: int) -> Place:
    """Where a part of a value stands, if the value is on one line as it is; else where the value begins."""
    at = written.at
    line = document.text.splitlines()[(at.line or 1) - 1]
    start = line.find(written.text, (at.column or 1) - 1)
    return at if start < 0 else Place(at.file, at.line, start + offset + 1)
