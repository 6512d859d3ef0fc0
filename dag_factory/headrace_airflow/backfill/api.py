"""An Airflow over its REST API, with a token: the one of `headrace up`, or a team's. Standard library only."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headrace.errors import ServiceError, UsageError
from headrace.project import Project
from headrace.tracking.settings import without_credentials
from headrace_airflow.local import state
from headrace_airflow.local.parts import HOST, opener_for
from headrace_airflow.local.up import password_file, server_home

#: Where the token of somebody's Airflow is looked for: an argument would be for everybody to see.
TOKEN = "AIRFLOW_API_TOKEN"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, slots=True)
class AirflowApi:
    """Where it answers, and on whose behalf it is asked."""

    address: str
    token: str = field(repr=False)

    def get(self, path: str, **query: str) -> Any:
        """What it has at a path under /api/v2. UsageError for what it refuses, ServiceError where it fails."""
        return _asked(f"{self.address}/api/v2/{path}?{urllib.parse.urlencode(query)}", None, self.token)

    def post(self, path: str, document: Mapping[str, Any]) -> Any:
        """What it answers to a document. Errors as for `get`."""
        return _asked(f"{self.address}/api/v2/{path}", document, self.token)


def local_api(project: Project) -> AirflowApi:
    """The Airflow that `headrace up` runs; UsageError if it does not."""
    home = server_home(project)
    with state.held(home) as gone:
        running = None if gone else state.read(home)
    if running is None:
        raise UsageError(
            "no Airflow runs for this project",
            remedy="start it with `headrace up` in another terminal, or name yours with --url",
        )
    address = f"http://{HOST}:{running.port}"
    password = json.loads(password_file(home).read_text())["admin"]
    answer = _asked(f"{address}/auth/token", {"username": "admin", "password": password}, "")
    return AirflowApi(address, answer["access_token"])


def named_api(address: str) -> AirflowApi:
    """Somebody's Airflow; UsageError without a token for it."""
    token = os.environ.get(TOKEN)
    if not address.startswith(("http://", "https://")):
        raise UsageError(f"{address!r} is not an http or https address", remedy="--url https://airflow.example.com")
    if not token:
        raise UsageError(f"{TOKEN} is not set", remedy="put a token of that Airflow's API into it (its /auth/token)")
    return AirflowApi(address.rstrip("/"), token)


def _asked(address: str, document: Mapping[str, Any] | None, token: str) -> Any:
    body = None if document is None else json.dumps(document).encode()
    request = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})  # noqa: S310
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    shown = without_credentials(address).partition("?")[0]
    try:
        with opener_for(address).open(request, timeout=60) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        raise _refused(error, shown) from None
    except (OSError, ValueError) as error:
        raise ServiceError(f"{shown} does not answer: {getattr(error, 'reason', error)}") from None


def _refused(error: urllib.error.HTTPError, shown: str) -> ServiceError | UsageError:
    text = error.read().decode(errors="replace")
    try:
        detail = json.loads(text)["detail"]
    except (ValueError, KeyError, TypeError):
        detail = text[:300]
    message = f"Airflow refuses ({error.code}, {shown}): {detail}"
    return UsageError(message) if error.code < 500 else ServiceError(message)
