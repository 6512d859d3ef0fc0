"""Addresses: schemes that are spoken, and nothing that clouds keep for themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from headrace.config.composed import Composed
from headrace.config.schema import Spec
from headrace.config.schema.notifiers import EmailNotifier, SlackNotifier, WebhookNotifier
from headrace.errors import Diagnostic
from headrace.hosts import is_closed

_WEB = frozenset({"http", "https"})
_MLFLOW = _WEB | {"sqlite", "postgresql", "mysql", "mssql", "databricks", "databricks-uc", "uc"}
_SECRET = re.compile(r"\$\{secret:\w+\}")
_HOST = re.compile(r"[A-Za-z0-9_.-]+|\[?[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+\]?")
_BARE = frozenset({"databricks", "databricks-uc"})


def problems(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Addresses of one configuration that are refused, at their places."""
    for key in ("uri", "registry_uri"):
        uri = getattr(spec.tracking, key)
        if uri is not None and uri not in _BARE:
            yield from _address(uri, f"tracking.{key}", _MLFLOW, composed)
    for index, notifier in enumerate(spec.notify):
        if isinstance(notifier, WebhookNotifier | SlackNotifier) and notifier.url is not None:
            yield from _address(notifier.url, f"notify.{index}.url", _WEB, composed)
        elif isinstance(notifier, EmailNotifier):
            yield from _host(notifier.host, f"notify.{index}.host", composed)


def _address(written: str, path: str, schemes: frozenset[str], composed: Composed) -> Iterator[Diagnostic]:
    if _SECRET.match(written):  # all of it is a secret: the stage that uses it looks again
        return
    place = composed.place_of(path)
    if found := _problem(written, schemes):
        yield composed.diagnostic("HR253", f"`{path}` {found[0]}", place, found[1])


def _host(written: str, path: str, composed: Composed) -> Iterator[Diagnostic]:
    place = composed.place_of(path)
    if _SECRET.fullmatch(written):
        return
    if is_closed(written):
        message = f"`{path}` names {written}, where a cloud hands out credentials"
        yield composed.diagnostic("HR253", message, place, "name the server that is meant")
    elif not _HOST.fullmatch(written):
        message = f"`{path}` is no host"
        yield composed.diagnostic("HR253", message, place, "write its name alone, as in smtp.example.com")


def _problem(written: str, schemes: frozenset[str]) -> tuple[str, str] | None:
    known = ", ".join(sorted(schemes))
    try:
        parts = urlsplit(_SECRET.sub("SECRET", written))
        host, scheme = parts.hostname or "", parts.scheme.partition("+")[0]
    except ValueError:
        return "is no address", f"write SCHEME://HOST/…, where the scheme is one of {known}"
    if scheme not in schemes:
        found = f"has the scheme `{scheme}`, which is not spoken here" if scheme else "has no scheme"
        return found, f"write SCHEME://…, where the scheme is one of {known}"
    return _problem_of_parts(written, scheme, host)


def _problem_of_parts(written: str, scheme: str, host: str) -> tuple[str, str] | None:
    if re.search(r"[\s<>\\`]|\$\(|\$\w", _SECRET.sub("", written)):
        return "has characters that no address has", "leave them out; ${env:NAME} is filled in, $NAME is not"
    if scheme in _WEB and not host:
        return "names no host", f"write {scheme}://HOST/…"
    if is_closed(host):
        return f"names {host}, where a cloud hands out credentials", "name the server that is meant"
    return None
