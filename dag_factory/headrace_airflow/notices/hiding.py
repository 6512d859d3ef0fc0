"""What a notice must not quote: an error's words are whoever's raised it, and may hold what logs are kept free of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from headrace import secrets
from headrace.notify import Notice
from headrace.tracking.settings import without_credentials
from headrace_airflow.versions import find


def without_secrets(notice: Notice, known: Iterable[str]) -> Notice:
    """The notice without the `known` secrets, those of this process's environment, and what Airflow masks in logs.

    Addresses lose their user and password.
    """
    hidden = (*known, *secrets.ambient())
    return replace(notice, message=_hidden(notice.message, hidden), remedy=_hidden(notice.remedy, hidden))


def _hidden(text: str, hidden: Iterable[str]) -> str:
    return without_credentials(str(find("redact")(secrets.redact(text, hidden))))
