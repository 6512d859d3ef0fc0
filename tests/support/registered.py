"""Small fitted models, stage contexts and MLflow servers for tests that talk to MLflow."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from headrace.registry import Candidate, model_digest
from headrace.stages.contract import RunInfo, StageContext
from headrace.tracking import RunKey, Settings, prepare, tracking_settings
from headrace.tracking.connection import connected
from headrace_features.columns import typed_columns

FEATURES = {"numeric": ["distance", "temp"], "categorical": ["carrier"]}
STARTED = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADMIN, PASSWORD = "admin", "correct-horse-battery"


class NoLog:
    """A logger that remembers its warnings."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def info(self, event: str, **facts: Any) -> None: ...

    def warning(self, event: str, **facts: Any) -> None:
        self.warnings.append(event)


@dataclass(frozen=True)
class Trained:
    """What train and split leave: a model, its description, and test rows."""

    folder: Path

    @property
    def model(self) -> Path:
        return self.folder / "model.skops"

    @property
    def info(self) -> Path:
        return self.folder / "model.json"

    @property
    def test(self) -> Path:
        return self.folder / "test.parquet"

    @property
    def rows(self) -> pd.DataFrame:
        return pd.read_parquet(self.test)

    @property
    def digest(self) -> str:
        return model_digest(self.model)

    def candidate(self, **changes: Any) -> Candidate:
        given = {"model": self.model, "info": self.info, "digest": self.digest, "task": "binary"}
        return Candidate(**{**given, "tags": {"headrace.pipeline": "late"}, **changes})


def flights(rows: int = 300, seed: int = 0) -> pd.DataFrame:
    """Rows whose `late` depends on the distance and a little luck."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "distance": random.integers(100, 2000, rows),
            "temp": random.normal(50, 10, rows),
            "carrier": random.choice(np.array(["AA", "UA", "NA", None]), rows),
        }
    )
    frame["late"] = frame["distance"] + random.normal(0, 300, rows) > 1000
    return frame


def train(folder: Path, *, strength: float = 1.0, columns: Mapping[str, list[str]] = FEATURES) -> Trained:
    """A logistic regression, saved as the train stage saves models; models of another `strength` differ."""
    folder.mkdir(parents=True, exist_ok=True)
    frame = flights()
    inputs = typed_columns(frame, columns["numeric"], columns["categorical"])
    encoders: list[Any] = [("number", SimpleImputer(), columns["numeric"])]
    if columns["categorical"]:
        encoders.append(("category", OneHotEncoder(handle_unknown="ignore"), columns["categorical"]))
    pipeline = Pipeline(
        [("columns", ColumnTransformer(encoders)), ("estimator", LogisticRegression(C=strength, max_iter=2000))]
    )
    pipeline.fit(inputs, frame["late"].astype(int))
    skops.io.dump(pipeline, folder / "model.skops")
    info = {
        "task": "binary",
        "estimator": "sklearn.linear_model.LogisticRegression",
        "features": columns,
        "target": {"column": "late", "positive": True},
        "labels": [False, True],
        "input_dtypes": {"distance": "long", "temp": "double", "carrier": "string"},
        "input_example": json.loads(frame.drop(columns="late").head(3).to_json(orient="records")),
        "params": {"C": strength},
        "requirements": [],
        "trusted_types": skops.io.get_untrusted_types(file=folder / "model.skops"),
        "training": {"history": {"validation": {"logloss": [0.6, 0.5, 0.45]}}},
    }
    (folder / "model.json").write_text(json.dumps(info))
    flights(80, seed=1).to_parquet(folder / "test.parquet")
    return Trained(folder)


@cache
def _pristine_database() -> Path:
    """Made once for a test process; each test gets a copy, for migrating takes half a second."""
    folder = Path(tempfile.mkdtemp(prefix="headrace-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    prepare(tracking_settings({"pipeline": "pristine"}, folder, {}))
    return folder / "mlflow.db"


def fresh_settings(root: Path) -> Settings:
    """Settings of a project with an MLflow database in which nothing has happened."""
    home = root / ".headrace"
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_pristine_database(), home / "mlflow.db")
    return tracking_settings({"pipeline": "late"}, home, {})


def named_versions(settings: Settings, *numbers: int) -> None:
    """Versions of the model `late` by their tags alone, for tests of who is champion: nothing loads them."""
    with connected(settings) as client:
        client.create_registered_model("late")
        for number in numbers:
            tags = {"headrace.model_digest": str(number) * 64}
            client.create_model_version("late", f"/nowhere/{number}", run_id="0" * 32, tags=tags)


def run_key(run_id: str = "late-1", **changes: Any) -> RunKey:
    return RunKey(**{"run_id": run_id, "pipeline": "late", "started": STARTED, **changes})


@dataclass
class Bench:
    """Stage contexts of one project: what the runner would put together."""

    root: Path
    run_id: str = "late-1"
    facts: dict[str, Any] = field(default_factory=dict)
    uri: str = ""
    """The database in the project's home, if not given."""
    count: int = 0

    @property
    def home(self) -> Path:
        return self.root / ".headrace"

    def slice(self, **more: Any) -> dict[str, Any]:
        """The part of a slice that says where models live."""
        registry = {"name": "late", "alias": "champion"}
        return {"tracking": self.tracking, "registry": registry, "pipeline": "late", **more}

    @property
    def tracking(self) -> dict[str, Any]:
        uri = self.uri or f"sqlite:///{self.home / 'mlflow.db'}"
        return {"uri": uri, "registry_uri": uri, "experiment": None}

    @property
    def settings(self) -> Settings:
        return tracking_settings(self.slice(), self.home, {}, self.root)

    def context(
        self, config: Mapping[str, Any], inputs: Mapping[str, Path], observed: Mapping[str, Any] | None = None
    ) -> StageContext:
        self.count += 1
        out = self.root / f"out-{self.count}"
        out.mkdir(parents=True)
        run = RunInfo(self.run_id, "late", "f" * 64, STARTED, self.facts)
        return StageContext(config, inputs, out, observed or {}, NoLog(), run=run, root=self.root, home=self.home)

    def write(self, name: str, document: Any) -> Path:
        path = self.root / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))
        return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 90) -> None:
    """Until the address answers, while the process lives."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer (exit code {process.poll()})")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started, by the id of the session that it leads."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def mlflow_server(folder: Path) -> Iterator[str]:
    """A real MLflow server on this machine that asks for a user and a password; gives its address."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "auth.ini").write_text(
        "[mlflow]\ndefault_permission = READ\nauth_cache_ttl_seconds = 60\n"
        f"database_uri = sqlite:///{folder / 'auth.db'}\nadmin_username = {ADMIN}\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
    )
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_TRACKING")},
        "MLFLOW_AUTH_CONFIG_PATH": str(folder / "auth.ini"),
        "MLFLOW_AUTH_ADMIN_PASSWORD": PASSWORD,
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "only for this test",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    command = [sys.executable, "-m", "mlflow", "server", "--app-name", "basic-auth", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--backend-store-uri", f"sqlite:///{folder / 'server.db'}"]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            wait_for(f"{address}/health", server)
            yield address
        finally:
            end(server)
