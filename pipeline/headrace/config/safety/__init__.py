"""Configuration is data: values that could act as code, a path out, an address inside, or a name of something else.

Everything here looks at plain values. What a value becomes later is checked again where it is used: files where they
are opened, classes where they are found, addresses where they are called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from headrace.config.composed import Composed
from headrace.config.safety import addresses, environment, names, paths, texts
from headrace.config.schema import Spec
from headrace.errors import Diagnostic

__all__ = ["problems"]

_CHECKS: tuple[Callable[[Spec, Composed], Iterator[Diagnostic]], ...] = (
    texts.problems,
    names.problems,
    paths.problems,
    addresses.problems,
    environment.problems,
)


def problems(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Every value that is refused because of what it could do, at its place."""
    for check in _CHECKS:
        yield from check(spec, composed)
