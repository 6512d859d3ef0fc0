from __future__ import annotations

from pathlib import Path

import pytest

from repositories import Repository, repository


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    for name in ("GITHUB_BASE_REF", "GITHUB_REF", "CI_MERGE_REQUEST_DIFF_BASE_SHA", "MLFLOW_TRACKING_URI", "GIT_DIR"):
        monkeypatch.delenv(name, raising=False)
    return repository(tmp_path / "repo")
