"""What a pod says, line by line, each once, however often the connection breaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubernetes.client import CoreV1Api  # type: ignore[import-untyped]

_STAMPED = re.compile(rb"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d) ?(.*)$", re.DOTALL)
#: Seconds to connect, and to wait for the next byte: a stage may be silent for long, and a connection dead for long.
_PATIENCE = (30, 120)
#: Seconds before the newest line that are asked for again.
_MARGIN = 5
#: As long lines are remembered: the two streams of a container may come a little out of order.
_REMEMBERED = timedelta(seconds=2 * _MARGIN)


class PodLog:
    """The log of one container, read from where it was left."""

    def __init__(
        self, api: CoreV1Api, pod: str, namespace: str, container: str, take_line: Callable[[str], None]
    ) -> None:
        self._api = api
        self._pod, self._namespace, self._container = pod, namespace, container
        self._take_line = take_line
        self._newest: datetime | None = None
        self._known: dict[tuple[datetime, str, bytes], None] = {}
        """Lines of the last seconds by their moments, to the nanosecond."""
        self._forgotten: tuple[datetime, str] = (datetime.min.replace(tzinfo=UTC), "")
        """Up to here every line was read."""

    def follow(self, *, until_end: bool) -> None:
        """Pass on what was not read yet; `until_end`: and what comes, until the container ends or the connection.

        Who asks again goes on from there.
        """
        from kubernetes.client import ApiException
        from urllib3.exceptions import HTTPError

        try:
            for line in _lines(self._opened(follow=until_end)):
                self._take(line)
        except (ApiException, HTTPError):  # the pod's state says what became of it
            return

    def _opened(self, *, follow: bool) -> Any:
        since = {} if self._newest is None else {"since_seconds": self._age(self._newest)}
        return self._api.read_namespaced_pod_log(
            self._pod,
            self._namespace,
            container=self._container,
            follow=follow,
            timestamps=True,
            _preload_content=False,
            _request_timeout=_PATIENCE,
            **since,
        )

    def _age(self, moment: datetime) -> int:
        return max(1, int((datetime.now(UTC) - moment).total_seconds()) + _MARGIN)

    def _take(self, line: bytes) -> None:
        found = _STAMPED.match(line)
        if found is None:
            self._take_line(_text(line))
            return
        whole = datetime.fromisoformat(f"{found[1].decode()}{found[3].decode().replace('Z', '+00:00')}")
        moment = (whole, (found[2] or b"").decode().ljust(9, "0"))
        if moment <= self._forgotten or (*moment, found[4]) in self._known:
            return
        self._remember(moment, found[4])
        self._take_line(_text(found[4]))

    def _remember(self, moment: tuple[datetime, str], text: bytes) -> None:
        self._known[*moment, text] = None
        self._newest = max(moment[0], self._newest or moment[0])
        for old in list(self._known):
            if old[0] >= self._newest - _REMEMBERED:
                break
            del self._known[old]
            self._forgotten = max(self._forgotten, old[:2])


def _lines(response: Any) -> Any:
    """Whole lines of a response that comes in pieces."""
    rest = b""
    try:
        for piece in response.stream(amt=None, decode_content=False):
            *lines, rest = (rest + piece).split(b"\n")
            yield from lines
        if rest:
            yield rest
    finally:
        response.release_conn()


def _text(line: bytes) -> str:
    return line.decode(errors="replace").rstrip().rpartition("\r")[2]
