"""Serving the champion: the real server, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from headrace.errors import UsageError
from headrace.registry import promote_version, register_version
from headrace.serve import serve
from headrace.tracking import Settings
from headrace_features.scoring import load
from registered import Trained, end, fresh_settings, run_key, train

SERVE = (
    "import sys; from pathlib import Path\n"
    "from headrace.serve import serve; from headrace.tracking import tracking_settings\n"
    "settings = tracking_settings({'pipeline': 'late'}, Path(sys.argv[1]), {})\n"
    "sys.exit(serve(settings, 'late', 'champion', port=0, say=lambda text: print(text, flush=True)))"
)


@pytest.fixture
def trained(tmp_path: Path) -> Trained:
    return train(tmp_path / "trained")


@pytest.fixture
def settings(trained: Trained, tmp_path: Path) -> Settings:
    settings = fresh_settings(tmp_path)
    version = register_version(settings, run_key(), "late", trained.candidate())
    promote_version(settings, "late", "champion", version.version, None)
    return settings


def post(url: str, body: Any) -> Any:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/invocations", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)


def test_it_answers_as_the_model_does_and_ends_cleanly(settings: Settings, trained: Trained) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    environment = {**kept, "PYTHONPATH": os.pathsep.join(sys.path), "PATH": "/usr/bin:/bin"}
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(settings.home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
        start_new_session=True,
    )
    watch = threading.Timer(90, end, args=(server,))
    watch.start()
    try:
        assert server.stdout is not None
        greeting = [server.stdout.readline() for _ in range(3)]
        assert greeting[0].startswith("late version 1 (champion) answers on http://127.0.0.1:")
        url = greeting[0].split()[-1].removesuffix("/invocations")
        rows = trained.rows.drop(columns="late").head(5)
        wanted = load(trained.folder).predict(rows).to_dict("records")

        assert post(url, {"dataframe_records": rows.to_dict("records")})["predictions"] == wanted
        assert post(url, {"dataframe_split": rows.to_dict("split", index=False)})["predictions"] == wanted
        gaps = {"distance": None, "temp": 39, "carrier": None}
        with pytest.raises(urllib.error.HTTPError, match="400"):
            post(url, {"dataframe_records": [gaps | {"distance": "far"}]})
        example = subprocess.run(
            ["bash", "-c", greeting[1].strip()], capture_output=True, text=True, check=True, timeout=30
        )
        assert len(json.loads(example.stdout)["predictions"]) == 1

        port = int(url.rpartition(":")[2])
        with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1 port {port}") as caught:
            serve(settings, "late", "champion", port=port)
        assert "--port" in caught.value.remedy

        server.send_signal(signal.SIGINT)
        _, messages = server.communicate(timeout=30)
        assert server.returncode == 0
        assert "Traceback" not in messages
        with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.1", port), timeout=2):
            pass
    finally:
        watch.cancel()
        end(server)


def test_without_a_champion_nothing_is_started(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no champion yet"):
        serve(fresh_settings(tmp_path), "late", "champion", port=0)
