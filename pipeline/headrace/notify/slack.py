"""Notices for Slack, through the address of an incoming webhook."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from headrace.notify.notice import Notice
from headrace.notify.webhook import host_of, post_json

#: Slack refuses longer texts.
_LONGEST = 3_000


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """An incoming webhook of Slack's. The address is a secret: whoever knows it can post."""

    url: str = field(repr=False)
    timeout: float = 10.0
    """Seconds."""

    def send(self, notice: Notice, log: logging.Logger) -> None:
        """Post the notice; OSError or ValueError, without the address, if that fails."""
        del log
        post_json(self.url, {"text": slack_text(notice)}, self.timeout)

    def __str__(self) -> str:
        host = host_of(self.url)
        return f"Slack at {host}" if host else "Slack"


def slack_text(notice: Notice) -> str:
    """The notice's text as Slack reads it: its headline is bold, and nothing that it quotes mentions or links."""
    headline, _, rest = _escaped(notice.text()).partition("\n")
    text = f"*{headline}*\n{rest}".rstrip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 2] + " …"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
