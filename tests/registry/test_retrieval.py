"""A registered model's files: whose they are, and whether they may be loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from headrace.errors import UsageError
from headrace.registry import (
    ModelFiles,
    UnusableModelError,
    champion_files,
    promote_version,
    register_version,
    version_files,
)
from headrace.tracking import Settings
from registered import Trained, fresh_settings, run_key, train


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(tmp_path_factory.mktemp("trained"))


@pytest.fixture
def settings(tmp_path: Path, trained: Trained) -> Settings:
    settings = fresh_settings(tmp_path)
    register_version(settings, run_key(), "late", trained.candidate())
    return settings


def test_the_champions_files_are_used_where_they_are(settings: Settings, trained: Trained) -> None:
    promote_version(settings, "late", "champion", "1", None)

    with champion_files(settings, "late", "champion") as files:
        assert (files.name, files.version) == ("late", "1")
        assert settings.home in files.folder.parents
        assert files.info["task"] == "binary"
        assert len(files.scorer().predict(trained.rows)) == len(trained.rows)
    assert files.folder.is_dir()


def test_another_alias_has_no_champion(settings: Settings) -> None:
    with pytest.raises(UsageError, match="late has no challenger yet"), champion_files(settings, "late", "challenger"):
        pass


def test_files_that_are_gone(settings: Settings) -> None:
    (model,) = settings.home.rglob("model.skops")
    model.unlink()

    with pytest.raises(UnusableModelError, match="are gone") as caught, version_files(settings, "late", "1"):
        pass

    assert "headrace promote late VERSION" in caught.value.remedy


@pytest.mark.parametrize("name", ["builtins.eval", "os.system", "numpy.load", "requests.sessions.Session", "system"])
def test_a_model_that_wants_trust_for_what_is_no_model_is_not_loaded(
    trained: Trained, tmp_path: Path, name: str
) -> None:
    info = json.loads(trained.info.read_text())
    (tmp_path / "model.json").write_text(json.dumps({**info, "trusted_types": [*info["trusted_types"], name]}))
    (tmp_path / "model.skops").write_bytes(trained.model.read_bytes())

    with pytest.raises(UnusableModelError, match=f"wants {name} trusted"):
        ModelFiles("late", "1", tmp_path).scorer()
