"""Notices by e-mail, through a mail server of the team's."""

from __future__ import annotations

import logging
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Literal

from headrace.hosts import is_closed, leads_to_closed
from headrace.notify.notice import Notice

Security = Literal["starttls", "tls", "none"]
#: Subjects are one line, and mail readers show no more of it.
_LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """A mail server that takes the team's mail."""

    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    security: Security = "starttls"
    """`starttls` and `tls` check the server's certificate; `none` is for a server on the same machine."""
    user: str = ""
    """Empty: the server asks for none."""
    password: str = field(default="", repr=False)
    timeout: float = 10.0
    """Seconds."""

    def send(self, notice: Notice, log: logging.Logger) -> None:
        """Hand the mail to the server; OSError or ValueError, without what it was sent, if that fails."""
        del log
        if is_closed(self.host) or leads_to_closed(self.host):
            raise ValueError("the host is where a cloud hands out credentials")
        message = email_of(notice, self.sender, self.to)
        try:
            with self._connected() as server:
                refused = server.send_message(message)
        except smtplib.SMTPException as error:  # its text quotes the server, which may quote what it was sent
            raise OSError(_reason(error)) from None
        except ssl.SSLError as error:
            raise OSError(f"no trusted connection: {error.reason or type(error).__name__}") from None
        if refused:
            raise OSError(f"{len(refused)} of {len(self.to)} recipients were refused")

    def _connected(self) -> smtplib.SMTP:
        """A session with the server, logged in where there is a user."""
        trust = ssl.create_default_context()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=trust)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            if self.security == "starttls":
                server.starttls(context=trust)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def __str__(self) -> str:
        return f"mail server {self.host}"


def email_of(notice: Notice, sender: str, to: tuple[str, ...]) -> EmailMessage:
    """The notice as a mail; nothing that it quotes makes a header of its own."""
    message = EmailMessage()
    message["Subject"] = " ".join(notice.headline.split())[:_LONGEST_SUBJECT]
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain="headrace.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notice.text())
    return message


def _reason(error: smtplib.SMTPException) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "all recipients were refused"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"user and password were refused ({error.smtp_code})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"answered {error.smtp_code}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "it does not offer what `security` or `user` asks for"
    return type(error).__name__
