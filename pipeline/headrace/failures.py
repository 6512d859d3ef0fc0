"""Kinds of failure that may not happen again, told from the error that a stage ended with."""

from __future__ import annotations

import builtins
import errno
import re
from collections.abc import Iterator
from typing import Literal, get_args

from headrace.errors import ServiceError

FailureKind = Literal["connection", "locked", "killed", "timeout", "unknown"]
FAILURE_KINDS: tuple[FailureKind, ...] = get_args(FailureKind)

_LOCKED = re.compile(r"\b(database|table|schema|file)\b.{0,80}\bis locked|could not (set|acquire|obtain) lock", re.I)
_BUSY = {errno.EAGAIN, errno.EBUSY, errno.EDEADLK, errno.ETXTBSY}
#: Classes, those that inherit from them included, by their names: their libraries are not imported here.
_BY_NAME: dict[str, FailureKind] = {
    "ConnectionError": "connection",
    "ConnectTimeout": "connection",
    "ReadTimeout": "connection",
    "ProtocolError": "connection",
    "gaierror": "connection",
    "MemoryError": "killed",
}
#: How a message names the error that it was made of.
_MADE_OF = re.compile(r" failed: (?:\w+\.)*(\w+): ")


def failure_kind(error: BaseException) -> FailureKind:
    """What kind of failure an error is, by itself or by what caused it."""
    return next((kind for cause in _causes(error) if (kind := _kind(cause))), "unknown")


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in seen:
        seen.append(current)
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def _kind(error: BaseException) -> FailureKind | None:
    if _is_lock(error):
        return "locked"
    if isinstance(error, ServiceError | TimeoutError):
        return "connection"
    names = [*_lineage(type(error)), *_made_of(str(error))]
    return next((_BY_NAME[name] for name in names if name in _BY_NAME), None)


def _lineage(kind: type) -> list[str]:
    return [base.__name__ for base in kind.__mro__]


def _made_of(message: str) -> list[str]:
    """The class that a message names, and where it is one of Python's own, those that it inherits from."""
    found = _MADE_OF.search(message)
    if found is None:
        return []
    kind = getattr(builtins, found[1], None)
    return _lineage(kind) if isinstance(kind, type) else [found[1]]


def _is_lock(error: BaseException) -> bool:
    if isinstance(error, OSError) and (error.errno in _BUSY or isinstance(error, BlockingIOError)):
        return True
    waited = isinstance(error, TimeoutError) and type(error).__module__.startswith("filelock")
    return waited or _LOCKED.search(str(error)) is not None
