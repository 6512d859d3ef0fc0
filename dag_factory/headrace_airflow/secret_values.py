"""Secrets under Airflow: its Variables, and the secrets backends behind them, are looked up where a stage needs one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from airflow.sdk import Variable
from airflow.sdk.log import mask_secret


def with_secrets(environment: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The environment with the named secrets that Airflow knows. A variable that is set already wins.

    What Airflow does not know is left out: the stage itself looks in its secrets file, and says what is missing.
    """
    found = dict(environment)
    for name in names:
        if name not in found:
            value = Variable.get(name, default=None)
            if isinstance(value, str):
                found[name] = value
        if name in found:
            mask_secret(found[name])  # with its name, only if that sounds like a secret's
    return found
