"""How long stages took in past runs, read from MLflow without MLflow: from its database file, or its HTTP API.

The light plane asks this. Nothing is created or changed, and what cannot be asked is an empty answer with a reason.
"""

from __future__ import annotations

import base64
import json
import os
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from headrace.tracking.settings import Settings, database_file, is_server

#: Runs that are looked at, the newest first.
MOST_RUNS = 30
_TIMEOUT = 2.0
_PREFIX = "seconds_"
_RUN_ID, _PIPELINE = "headrace.run_id", "headrace.pipeline"

_QUERY = """
SELECT COALESCE(named.value, runs.run_uuid), latest_metrics.key, latest_metrics.value
FROM latest_metrics
JOIN (
  SELECT runs.run_uuid FROM runs JOIN tags ON tags.run_uuid = runs.run_uuid
  WHERE tags.key = ? AND tags.value = ? AND runs.lifecycle_stage = 'active'
  ORDER BY runs.start_time DESC LIMIT ?
) AS runs ON runs.run_uuid = latest_metrics.run_uuid
LEFT JOIN tags AS named ON named.run_uuid = runs.run_uuid AND named.key = ?
WHERE substr(latest_metrics.key, 1, 8) = 'seconds_' AND NOT latest_metrics.is_nan
"""


@dataclass(frozen=True, slots=True)
class History:
    """Seconds that stages took, by run and stage."""

    seconds: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """(run id, stage) -> seconds, of stages that ran and were not reused."""
    problem: str = ""
    """Why nothing could be asked; empty if something could, or nothing was ever tracked."""


def stage_history(settings: Settings, environ: Mapping[str, str] | None = None) -> History:
    """What the tracking store remembers of this pipeline's newest runs."""
    file = database_file(settings.tracking_uri)
    if file is not None:
        return _from_file(file, settings.pipeline)
    if is_server(settings.tracking_uri):
        return _from_server(settings, os.environ if environ is None else environ)
    return History(problem=f"durations are not read from {settings.address}")


def _from_file(file: Path, pipeline: str) -> History:
    if not file.is_file():
        return History()
    try:
        with closing(sqlite3.connect(f"file:{quote(file.as_posix())}?mode=ro", uri=True, timeout=_TIMEOUT)) as database:
            rows = database.execute(_QUERY, (_PIPELINE, pipeline, MOST_RUNS, _RUN_ID)).fetchall()
    except sqlite3.Error as error:
        return History(problem=f"{file.name} cannot be read: {error}")
    return History({(str(run), str(key).removeprefix(_PREFIX)): float(value) for run, key, value in rows})


def _from_server(settings: Settings, environ: Mapping[str, str]) -> History:
    try:
        experiment = _ask(
            settings, environ, f"experiments/get-by-name?experiment_name={quote(settings.experiment, '')}"
        )
        body = {
            "experiment_ids": [experiment["experiment"]["experiment_id"]],
            "filter": f"tags.`{_PIPELINE}` = '{settings.pipeline.replace(chr(39), '')}'",
            "max_results": MOST_RUNS,
            "order_by": ["attributes.start_time DESC"],
        }
        found = _ask(settings, environ, "runs/search", body)
        return History(dict(_measured(found)))
    except urllib.error.HTTPError as error:
        missing = error.code == 404
        return History(problem="" if missing else f"{settings.address} answered {error.code}")
    except (OSError, ValueError, KeyError, TypeError):
        return History(problem=f"{settings.address} did not answer")


def _ask(settings: Settings, environ: Mapping[str, str], path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **_authorization(environ)}
    request = urllib.request.Request(f"{settings.tracking_uri}/api/2.0/mlflow/{path}", data, headers)  # noqa: S310 - http(s) only, by is_server
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
        return json.loads(answer.read(8_000_000))


def _authorization(environ: Mapping[str, str]) -> dict[str, str]:
    """As MLflow's own client is told who it is."""
    user, password = environ.get("MLFLOW_TRACKING_USERNAME"), environ.get("MLFLOW_TRACKING_PASSWORD")
    if user and password:
        return {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}
    token = environ.get("MLFLOW_TRACKING_TOKEN")
    return {"Authorization": f"Bearer {token}"} if token else {}


def _measured(found: Any) -> Any:
    for run in found.get("runs", ()):
        data = run.get("data", {})
        tags = {tag["key"]: tag["value"] for tag in data.get("tags", ())}
        name = tags.get(_RUN_ID, run["info"]["run_id"])
        for metric in data.get("metrics", ()):
            if metric["key"].startswith(_PREFIX):
                yield (name, metric["key"].removeprefix(_PREFIX)), float(metric["value"])
