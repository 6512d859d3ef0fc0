"""The API of an Airflow, where it cannot be asked."""

from __future__ import annotations

import pytest

from headrace.errors import ServiceError, UsageError
from headrace_airflow.backfill.api import TOKEN, AirflowApi, named_api

#: Where nobody listens.
NOBODY = AirflowApi("http://127.0.0.1:9", "")


def test_who_does_not_answer_is_named() -> None:
    with pytest.raises(ServiceError, match=r"http://127\.0\.0\.1:9/api/v2/dags/flights does not answer"):
        NOBODY.get("dags/flights", limit="1")


def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.invalid:1")

    with pytest.raises(ServiceError, match="refused"):
        NOBODY.get("version")


@pytest.mark.parametrize("address", ["airflow.example.com", "ftp://airflow.example.com", ""])
def test_what_is_no_address_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "t")

    with pytest.raises(UsageError, match="not an http or https address"):
        named_api(address)


def test_somebodys_airflow_wants_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN, raising=False)

    with pytest.raises(UsageError, match=TOKEN):
        named_api("https://airflow.example.com")
