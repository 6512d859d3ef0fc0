"""Tells people what became of a run: in the log, and by webhook. Standard library only."""

from __future__ import annotations

import http.client
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from headrace.hosts import is_closed, leads_to_closed

Event = Literal["failed", "refused", "deadline"]


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened to a run, in words that a person understands without looking anything up."""

    event: Event
    pipeline: str
    stage: str
    run_id: str
    message: str
    """The cause: the error's own message, or the gate's reason."""
    place: str = ""
    """`file:line:column` of the configuration at fault, where there is one."""
    remedy: str = ""
    consequence: str = "the champion stays"

    def text(self) -> str:
        """One paragraph: the headline, the cause, what to do."""
        what = {"failed": f"failed at {self.stage}", "refused": "was refused by a gate"}.get(
            self.event, "has missed its deadline"
        )
        headline = f"{self.pipeline} {what} ({self.run_id})"
        lines = [f"{headline}; {self.consequence}" if self.consequence else headline]
        lines.append(f"{self.place}: {self.message}" if self.place else self.message)
        if self.remedy:
            lines.append(f"remedy: {self.remedy}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """What a webhook is sent; `text` is what chat services show."""
        return {
            "text": self.text(),
            "event": self.event,
            "pipeline": self.pipeline,
            "stage": self.stage,
            "run_id": self.run_id,
            "message": self.message,
            "place": self.place,
            "remedy": self.remedy,
            "consequence": self.consequence,
        }


@dataclass(frozen=True, slots=True)
class LogChannel:
    """The log of whoever notifies."""

    def send(self, notice: Notice, log: logging.Logger) -> None:
        """Write the notice: a failure as an error, a refusal as a warning."""
        level = logging.WARNING if notice.event == "refused" else logging.ERROR
        log.log(level, "%s", notice.text())


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """An address that takes JSON. The address is a secret: whoever knows it can post."""

    url: str = field(repr=False)
    timeout: float = 10.0
    """Seconds for connecting, and for each answer."""

    def send(self, notice: Notice, log: logging.Logger) -> None:
        """Post the notice; OSError or ValueError, without the address, if that fails."""
        del log
        self._check()
        if leads_to_closed(self._parts().hostname):
            raise ValueError("the address leads to where a cloud hands out credentials")
        body = json.dumps(notice.as_json(), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "headrace"}
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310
            opener.open(request, timeout=self.timeout).close()
        except urllib.error.HTTPError as error:
            error.close()
            raise OSError(f"answered {error.code}") from None
        except urllib.error.URLError as error:
            raise OSError(_reason(error.reason)) from None
        except (http.client.HTTPException, UnicodeError) as error:  # their texts may quote the address
            raise OSError(type(error).__name__) from None

    def _check(self) -> None:
        if self._parts().scheme not in {"http", "https"} or not self._parts().hostname:
            raise ValueError("the address is not an http or https URL")
        if is_closed(self._parts().hostname):
            raise ValueError("the address names a place where a cloud hands out credentials")

    def _parts(self) -> Any:
        try:
            return urlsplit(self.url)
        except ValueError:
            return urlsplit("")

    def __str__(self) -> str:
        """The part of the address that is no secret."""
        host = self._parts().hostname
        return f"webhook at {host}" if host else "webhook"


Channel = LogChannel | WebhookChannel


def _reason(reason: object) -> str:
    return (reason.strerror or "" if isinstance(reason, OSError) else "") or type(reason).__name__


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would arrive as a GET without its body, and count as delivered."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        del args, kwargs


def announce(notice: Notice, channels: Iterable[Channel], log: logging.Logger) -> tuple[str, ...]:
    """Send a notice over every channel. What could not be sent is logged and returned, never raised."""
    problems: list[str] = []
    for channel in channels:
        try:
            channel.send(notice, log)
        except (OSError, ValueError) as error:
            problem = f"the notice could not be sent to the {channel}: {str(error) or type(error).__name__}"
            log.warning("%s", problem)
            problems.append(problem)
    return tuple(problems)
