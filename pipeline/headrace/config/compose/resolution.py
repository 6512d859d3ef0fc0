"""Resolves the composed configuration to plain values, or says which ones cannot be and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from omegaconf import DictConfig, ListConfig, Node, OmegaConf
from omegaconf.errors import (
    InterpolationKeyError,
    InterpolationToMissingValueError,
    OmegaConfBaseException,
    UnsupportedInterpolationType,
)

from headrace.config.compose.interpolation import ALLOWED, ENDLESS, UnresolvableError
from headrace.config.nearest import nearest, suggestion
from headrace.config.provenance import MISSING

_NOT_FOUND = re.compile(r"Interpolation key '(.*)' not found")
_REFERENCE = re.compile(r"\$\{\s*([^:{}]+?)\s*\}")


@dataclass(frozen=True, slots=True)
class Failure:
    """A value that cannot be resolved."""

    path: str
    code: str
    message: str
    remedy: str = ""


def resolve(config: DictConfig) -> dict[str, Any] | list[Failure]:
    """Plain values with all interpolations resolved; or every value that stands in the way."""
    try:
        values: Any = OmegaConf.to_container(config, resolve=True)
    except (OmegaConfBaseException, RecursionError):
        return _failures(config)
    missing = [_not_given(path) for path, value in _leaves(values) if isinstance(value, str) and value == MISSING]
    resolved: dict[str, Any] = values
    return missing or resolved


def _not_given(path: str) -> Failure:
    return Failure(path, "HR136", f"`{path}` must be given a value", f"replace ???, or add {path}=VALUE to the command")


def _leaves(values: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    items = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else None
    if items is None:
        yield path, values
        return
    for name, item in items:
        yield from _leaves(item, f"{path}.{name}" if path else str(name))


def _failures(config: DictConfig) -> list[Failure]:
    raw = OmegaConf.to_container(config, resolve=False)
    texts = dict(_leaves(raw))
    found = [_explain(path, str(texts.get(path, "")), error, texts) for path, error in _errors(config)]
    # A value that only refers to another broken one repeats its message: the cause is enough.
    endless = [failure for failure in found if failure.code == ENDLESS]
    if endless:  # once the budget is spent, everything fails
        return endless[:1]
    causes = [failure for failure in found if failure.path and _names_cause(failure, texts)]
    return causes or found or [Failure("", "HR115", "the interpolations cannot be resolved")]


def _names_cause(failure: Failure, texts: dict[str, Any]) -> bool:
    quoted = re.findall(r"`([^`]*)`", failure.message)
    return not quoted or any(name in str(texts.get(failure.path, "")) for name in quoted)


def _errors(node: Node, path: str = "") -> Iterator[tuple[str, Exception]]:
    if isinstance(node, DictConfig | ListConfig) and not node._is_interpolation():
        if node._is_none() or node._is_missing():
            return
        keys: Any = node.keys() if isinstance(node, DictConfig) else range(len(node))
        for key in keys:
            child = node._get_node(key)
            if isinstance(child, Node):
                yield from _errors(child, f"{path}.{key}" if path else str(key))
        return
    try:
        node._dereference_node()
    except (OmegaConfBaseException, RecursionError) as error:
        yield path, error


def _explain(path: str, text: str, error: Exception, texts: dict[str, Any]) -> Failure:
    if isinstance(error, UnresolvableError):
        return Failure(path, error.code, error.message, error.remedy)
    if (cycle := _cycle(path, texts)) or isinstance(error, RecursionError) or "parent node" in str(error):
        shown = " → ".join(cycle) if cycle else text
        return Failure(path, "HR131", f"the interpolation leads back to itself: {shown}", "write one value out")
    if isinstance(error, UnsupportedInterpolationType):
        name = str(error).splitlines()[0].rpartition(" ")[2]
        return Failure(path, "HR132", f"there is no resolver `{name}`", suggestion(name, ALLOWED))
    if isinstance(error, InterpolationToMissingValueError):
        return Failure(path, "HR136", f"`{text}` names a value that must be given (???)", "give it a value")
    if isinstance(error, InterpolationKeyError):
        return _dangling(path, text, error, texts)
    return Failure(path, "HR130", f"`{text}` cannot be resolved: {str(error).splitlines()[0]}")


def _dangling(path: str, text: str, error: Exception, texts: dict[str, Any]) -> Failure:
    match = _NOT_FOUND.search(str(error))
    name = match[1] if match else text
    known = {known for leaf in texts for known in _prefixes(leaf)}
    close = nearest(name, known)
    remedy = f"did you mean ${{{close[0]}}}?" if close else "write the dotted path of a value, from the top"
    return Failure(path, "HR130", f"`{name}` is not in the configuration", remedy)


def _prefixes(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]


def _cycle(path: str, texts: dict[str, Any]) -> list[str]:
    """The references from a value back to itself, by following the first one that leads on."""
    seen = [path]
    while True:
        references = [_absolute(seen[-1], name) for name in _REFERENCE.findall(str(texts.get(seen[-1], "")))]
        onward = [name for name in references if name in texts]
        if not onward:
            return []
        if onward[0] in seen:
            return [*seen[seen.index(onward[0]) :], onward[0]] if onward[0] == path else []
        seen.append(onward[0])


def _absolute(path: str, reference: str) -> str:
    """`${.x}` and `${..x}` count from the value's own mapping outwards."""
    dots = len(reference) - len(reference.lstrip("."))
    if not dots:
        return reference
    base = path.split(".")[:-dots] if dots else []
    return ".".join([*base, reference.lstrip(".")])
