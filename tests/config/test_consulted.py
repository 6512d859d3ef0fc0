"""What a composition notes of what it looked at."""

from __future__ import annotations

from contextlib import suppress

import pytest

from config_folder import ProjectFolder
from headrace.config.consulted import Consulted
from headrace.config.spec import compile_spec
from headrace.errors import ConfigError


def _consulted(project: ProjectFolder, *overrides: str) -> Consulted:
    consulted = Consulted()
    with suppress(ConfigError):
        compile_spec(project.conf, project.root, "late", overrides, consulted)
    return consulted


def test_a_sound_pipeline_depends_on_its_files_and_lists_no_folder(project: ProjectFolder) -> None:
    consulted = _consulted(project)

    assert str(project.conf / "model" / "boosted.yaml") in consulted.files
    assert str(project.conf / "dataset" / "flights.sql") in consulted.files
    assert str(project.conf / "model" / "forest.yaml") not in consulted.files
    assert consulted.folders == {}


def test_a_missing_option_depends_on_the_folder_that_has_none(project: ProjectFolder) -> None:
    project.edit("conf/pipeline/late.yaml", "/model: boosted", "/model: bosted")

    consulted = _consulted(project)

    assert consulted.files[str(project.conf / "model" / "bosted.yaml")] is None
    assert str(project.conf / "model") in consulted.folders


def test_a_variable_that_is_not_set_is_noted(project: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OWNER_OF_LATE", raising=False)
    project.edit("conf/config.yaml", "owner: nobody", "owner: ${env:OWNER_OF_LATE}")

    assert _consulted(project).environment == {"OWNER_OF_LATE": None}
