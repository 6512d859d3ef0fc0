"""`headrace doctor`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from headrace.cli import main
from projects import Sandbox


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEADRACE_PROJECT", "HEADRACE_HOME", "HEADRACE_SECRETS_FILE", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)


def test_the_table_names_subject_and_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEADRACE_SECRETS_FILE", "/nowhere")

    assert main(["doctor"]) == 1

    lines = capsys.readouterr().out.splitlines()
    places = {line.index(word) for line in lines for word in ("3.", "none here", "/nowhere:") if word in line[:40]}
    assert len(places) <= 2
    assert any(line.startswith("fail  secrets") for line in lines)
    assert any(line.strip().startswith("remedy: write the file") for line in lines)
    assert lines[-1].startswith("1 failed")


def test_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["doctor", "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["fail"] == 0
    assert {"status", "subject", "message", "remedy"} == set(document["findings"][0])


def test_a_project_that_was_named_must_be_there(tmp_path: Path) -> None:
    done = Sandbox(tmp_path).headrace("doctor", "--project", "none")

    assert done.code == 2
    assert "no headrace project" in done.err
