"""Who hears of a run: that the way to them can be gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parseaddr
from importlib.metadata import PackageNotFoundError, version

from headrace.config.composed import Composed
from headrace.config.rules.rule import Rule
from headrace.config.schema import Spec
from headrace.config.schema.notifiers import EmailNotifier, FunctionNotifier, SlackNotifier
from headrace.errors import Diagnostic

_FUNCTION = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)+")
_CONNECTION = re.compile(r"[\w.:-]{1,200}")
#: The provider that Airflow's connections of this kind belong to, and what installs it.
_SLACK, _SLACK_EXTRA = "apache-airflow-providers-slack", "headrace[slack]"


def _functions_are_allowed(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for index, notifier in enumerate(spec.notify):
        if not isinstance(notifier, FunctionNotifier):
            continue
        place = composed.place_of(f"notify.{index}.name")
        root = notifier.name.partition(".")[0]
        if not _FUNCTION.fullmatch(notifier.name):
            message = f"`{notifier.name}` is not the import path of a public function"
            yield composed.diagnostic("HR340", message, place, "write PACKAGE.MODULE.FUNCTION")
        elif root not in spec.model_packages:
            allowed = ", ".join(spec.model_packages) or "none so far"
            message = f"`{notifier.name}` is in no package that this project may name"
            remedy = f"add {root} to `model_packages` in conf/config.yaml (these are allowed: {allowed})"
            yield composed.diagnostic("HR340", message, place, remedy)


def _mails_can_be_sent(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for index, notifier in enumerate(spec.notify):
        if not isinstance(notifier, EmailNotifier):
            continue
        people = [("sender", notifier.sender), *((f"to.{place}", address) for place, address in enumerate(notifier.to))]
        for name, address in people:
            if "${" not in address and not _is_address(address):
                message = f"`{address}` is not an e-mail address"
                place = composed.place_of(f"notify.{index}.{name}")
                yield composed.diagnostic("HR342", message, place, "write NAME@DOMAIN, or Team <NAME@DOMAIN>")
        if (notifier.user is None) != (notifier.password is None):
            there, absent = ("password", "user") if notifier.user is None else ("user", "password")
            message = f"`{there}` has no meaning without `{absent}`"
            place = composed.place_of(f"notify.{index}.{there}")
            yield composed.diagnostic("HR343", message, place, f"add `{absent}`, or delete `{there}`")
        elif notifier.password is not None and notifier.security == "none":
            message = "the password would cross the network as it is, for everybody to read"
            place = composed.place_of(f"notify.{index}.security")
            remedy = "write `security: starttls` or `security: tls`"
            yield composed.diagnostic("HR343", message, place, remedy, "warning")


def _slack_is_installed(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for index, notifier in enumerate(spec.notify):
        if not isinstance(notifier, SlackNotifier) or notifier.connection is None:
            continue
        place = composed.place_of(f"notify.{index}.connection")
        if not _CONNECTION.fullmatch(notifier.connection):
            message = f"`{notifier.connection}` cannot be the id of a connection"
            yield composed.diagnostic("HR341", message, place, "write letters, digits, `_`, `-`, `.` and `:`")
        elif _is_installed("apache-airflow-core") and not _is_installed(_SLACK):
            message = "Airflow's provider for Slack is not installed here, so nothing would be sent"
            remedy = f"pip install '{_SLACK_EXTRA}' where Airflow runs, or give the webhook's address as `url`"
            yield composed.diagnostic("HR341", message, place, remedy, "warning")


def _is_address(text: str) -> bool:
    name, _, domain = parseaddr(text)[1].partition("@")
    return bool(name and domain) and "\n" not in text and "@" not in domain and " " not in f"{name}{domain}"


def _is_installed(distribution: str) -> bool:
    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True


RULES: tuple[Rule, ...] = (_functions_are_allowed, _mails_can_be_sent, _slack_is_installed)
