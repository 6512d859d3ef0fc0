"""Notices as JSON, posted to an address."""

from __future__ import annotations

import http.client
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from headrace.hosts import is_closed, leads_to_closed
from headrace.notify.notice import Notice


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """An address that takes JSON. The address is a secret: whoever knows it can post."""

    url: str = field(repr=False)
    timeout: float = 10.0
    """Seconds."""

    def send(self, notice: Notice, log: logging.Logger) -> None:
        """Post the notice; OSError or ValueError, without the address, if that fails."""
        del log
        post_json(self.url, notice.as_json(), self.timeout)

    def __str__(self) -> str:
        """The part of the address that is no secret."""
        host = host_of(self.url)
        return f"webhook at {host}" if host else "webhook"


def post_json(url: str, document: Mapping[str, Any], timeout: float) -> None:
    """Post a document, waiting so many seconds for each answer; OSError or ValueError, without the address."""
    _check(url)
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "headrace"}
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310
        opener.open(request, timeout=timeout).close()
    except urllib.error.HTTPError as error:
        error.close()
        raise OSError(f"answered {error.code}") from None
    except urllib.error.URLError as error:
        raise OSError(_reason(error.reason)) from None
    except (http.client.HTTPException, UnicodeError) as error:  # their texts may quote the address
        raise OSError(type(error).__name__) from None


def host_of(url: str) -> str:
    """The host of an address; empty if it has none."""
    return _parts(url).hostname or ""


def _check(url: str) -> None:
    parts = _parts(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("the address is not an http or https URL")
    if is_closed(parts.hostname):
        raise ValueError("the address names a place where a cloud hands out credentials")
    if leads_to_closed(parts.hostname):
        raise ValueError("the address leads to where a cloud hands out credentials")


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _reason(reason: object) -> str:
    return (reason.strerror or "" if isinstance(reason, OSError) else "") or type(reason).__name__


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would arrive as a GET without its body, and count as delivered."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        del args, kwargs
