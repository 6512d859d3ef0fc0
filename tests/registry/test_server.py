"""The same against a team's server: MLflow's own, with users, passwords and its artifact proxy."""

from __future__ import annotations

import http.client
import http.server
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest

from headrace.errors import ServiceError
from headrace.predict import predict
from headrace.registry import find_champion, promote_version, register_version, rollback
from headrace.tracking import Projection, Settings, ensure_run, prepare, project, tracking_settings
from headrace.tracking.connection import connected
from headrace_features.scoring import load
from registered import ADMIN, PASSWORD, Trained, mlflow_server, run_key, train

pytest.importorskip("flask_wtf", reason="MLflow's server asks for users only with Flask-WTF")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with mlflow_server(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture
def settings(address: str, tmp_path: Path) -> Settings:
    return tracking_settings({"pipeline": "late"}, tmp_path, {"MLFLOW_TRACKING_URI": address})


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_TOKEN", raising=False)
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", ADMIN)
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", PASSWORD)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(tmp_path_factory.mktemp("trained"))


@pytest.mark.usefixtures("login")
def test_a_run_and_its_model_live_on_the_server(settings: Settings, trained: Trained, tmp_path: Path) -> None:
    prepare(settings)
    version = register_version(settings, run_key(), "late", trained.candidate())
    again = register_version(settings, run_key(), "late", trained.candidate())
    promotion = promote_version(settings, "late", "champion", version.version, None)
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "page.html").write_text("<html>")
    told = Projection(metrics={"roc_auc": 0.7}, model_metrics=("roc_auc",), model_id=version.model_id)
    tracked = project(settings, run_key(), Projection(**{**vars_of(told), "folder": tmp_path / "files"}))

    assert (again.version, again.is_new) == (version.version, False)
    assert promotion.promoted
    assert tracked.mlflow_run_id == version.mlflow_run_id
    assert tracked.url == f"{settings.address}/#/experiments/{tracked.experiment_id}/runs/{tracked.mlflow_run_id}"
    champion = find_champion(settings, "late", "champion")
    assert champion is not None
    assert champion.model_digest == trained.digest
    with connected(settings) as client:
        assert client.get_run(tracked.mlflow_run_id).data.metrics == {"roc_auc": 0.7}
        assert [file.path for file in client.list_artifacts(tracked.mlflow_run_id)] == ["page.html"]
        assert client.get_model_version("late", version.version).source == f"models:/{version.model_id}"
    summary = predict(settings, "late", "champion", trained.test, tmp_path / "out.parquet")
    assert summary.version == version.version
    said = pd.read_parquet(tmp_path / "out.parquet")["probability"].tolist()
    assert said == load(trained.folder).predict(trained.rows)["probability"].tolist()


@pytest.mark.usefixtures("login")
def test_pyfunc_loads_the_champion_from_the_server(
    settings: Settings, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    version = register_version(settings, run_key("late-2"), "other", trained.candidate())
    promote_version(settings, "other", "champion", version.version, None)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", settings.tracking_uri)

    model = mlflow.pyfunc.load_model("models:/other@champion")

    assert model.predict(trained.rows)["probability"].tolist() == pytest.approx(
        load(trained.folder).predict(trained.rows)["probability"].tolist()
    )


@pytest.mark.usefixtures("login")
def test_rolling_back_on_the_server(settings: Settings, trained: Trained) -> None:
    for number in (1, 2):
        register_version(settings, run_key(f"back-{number}"), "back", trained.candidate(digest=str(number) * 64))
    promote_version(settings, "back", "champion", "1", None)
    promote_version(settings, "back", "champion", "2", "1")

    assert rollback(settings, "back", "champion").version == "1"
    assert not promote_version(settings, "back", "champion", "2", "1").promoted


@pytest.mark.parametrize("password", [None, "wrong"])
def test_without_the_right_password_it_says_what_to_set(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, password: str | None
) -> None:
    for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    if password:
        monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", ADMIN)
        monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", password)

    with pytest.raises(ServiceError, match="refuses the credentials") as caught:
        ensure_run(settings, run_key())

    assert "MLFLOW_TRACKING_USERNAME" in caught.value.remedy
    assert not caught.value.retryable


@contextmanager
def token_proxy(address: str, token: str) -> Iterator[str]:
    """What teams put before MLflow: it asks for a token, and logs in to the server itself."""
    import base64

    login = "Basic " + base64.b64encode(f"{ADMIN}:{PASSWORD}".encode()).decode()
    upstream = urlsplit(address).netloc

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("Authorization") != f"Bearer {token}":
                self.send_error(401)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            passed = {name: value for name, value in self.headers.items() if name not in ("Host", "Authorization")}
            connection = http.client.HTTPConnection(upstream, timeout=30)
            connection.request(self.command, self.path, body, {**passed, "Authorization": login})
            reply = connection.getresponse()
            content = reply.read()
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.headers.get("Content-Type", "application/json"))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PATCH = do_PUT = do_GET  # noqa: N815 - names that the standard library looks for

        def log_message(self, *_: object) -> None: ...

    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{proxy.server_address[1]}"
    finally:
        proxy.shutdown()
        proxy.server_close()


def test_a_token_is_sent(address: str, tmp_path: Path, trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    with token_proxy(address, "sesame") as proxy:
        settings = tracking_settings({"pipeline": "late", "tracking": {"uri": proxy}}, tmp_path, dict(os.environ))
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "wrong")
        with pytest.raises(ServiceError, match="refuses the credentials"):
            ensure_run(settings, run_key("token-1"))

        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "sesame")
        version = register_version(settings, run_key("token-1"), "with-token", trained.candidate())

    assert version.version == "1"


def vars_of(projection: Projection) -> dict[str, object]:
    return {name: getattr(projection, name) for name in Projection.__dataclass_fields__}
