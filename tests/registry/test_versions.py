"""Versions: one for each model, whatever is retried and whoever else is at it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from headrace.registry import Version, register_version
from headrace.registry.retrieval import version_files
from headrace.tracking import Settings, ensure_run
from headrace.tracking.connection import connected
from registered import Trained, fresh_settings, run_key, train


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return fresh_settings(tmp_path)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(tmp_path_factory.mktemp("trained"))


def numbers(settings: Settings) -> list[int]:
    with connected(settings) as client:
        return sorted(int(version.version) for version in client.search_model_versions("name = 'late'"))


def test_a_model_becomes_a_version_that_says_where_it_is_from(settings: Settings, trained: Trained) -> None:
    candidate = trained.candidate(description="Will it be late?", params={"C": "1.0"})

    version = register_version(settings, run_key(owner="ann"), "late", candidate)

    assert (version.name, version.version, version.is_new) == ("late", "1", True)
    assert version.model_uri == "models:/late/1"
    assert version.mlflow_run_id == ensure_run(settings, run_key()).mlflow_run_id
    with connected(settings) as client:
        stored = client.get_model_version("late", "1")
        assert stored.tags["headrace.model_digest"] == trained.digest
        assert stored.tags["headrace.pipeline"] == "late"
        assert client.get_registered_model("late").description == "Will it be late?"
        logged = client.get_logged_model(version.model_id)
        assert (logged.status.name, logged.source_run_id) == ("READY", version.mlflow_run_id)
        assert logged.params == {"C": "1.0"}
        outputs = client.get_run(version.mlflow_run_id).outputs.model_outputs
        assert [output.model_id for output in outputs] == [version.model_id]


def test_a_retry_after_a_lost_reply_makes_no_second_version(settings: Settings, trained: Trained) -> None:
    first = register_version(settings, run_key(), "late", trained.candidate())

    again = register_version(settings, run_key(), "late", trained.candidate())

    assert not again.is_new
    assert (again.version, again.model_id, again.mlflow_run_id) == (first.version, first.model_id, first.mlflow_run_id)
    assert numbers(settings) == [1]


def test_the_same_model_of_another_run_is_the_same_version(settings: Settings, trained: Trained) -> None:
    first = register_version(settings, run_key("late-1"), "late", trained.candidate())

    again = register_version(settings, run_key("late-2"), "late", trained.candidate())

    assert (again.version, again.mlflow_run_id) == (first.version, first.mlflow_run_id)


def test_another_model_is_another_version(settings: Settings, trained: Trained, tmp_path: Path) -> None:
    register_version(settings, run_key("late-1"), "late", trained.candidate())

    other = register_version(settings, run_key("late-2"), "late", train(tmp_path / "b", strength=0.01).candidate())

    assert other.version == "2"


def test_a_try_that_was_killed_before_the_version_was_made_is_gone_on_with(
    settings: Settings, trained: Trained
) -> None:
    tracked = ensure_run(settings, run_key())
    with connected(settings) as client:  # what such a try leaves: a logged model without files
        left = client.create_logged_model(
            tracked.experiment_id,
            name="late",
            source_run_id=tracked.mlflow_run_id,
            tags={"headrace.model_digest": trained.digest},
        )

    version = register_version(settings, run_key(), "late", trained.candidate())

    assert version.model_id == left.model_id
    with version_files(settings, "late", version.version) as files:
        assert len(files.scorer().predict(trained.rows)) == len(trained.rows)


def test_two_processes_at_once_make_one_version(settings: Settings, trained: Trained) -> None:
    code = (
        "import sys; from pathlib import Path; from registered import Trained, run_key\n"
        "from headrace.registry import register_version; from headrace.tracking import tracking_settings\n"
        "settings = tracking_settings({'pipeline': 'late'}, Path(sys.argv[1]), {})\n"
        "candidate = Trained(Path(sys.argv[2])).candidate()\n"
        "print(register_version(settings, run_key(sys.argv[3]), 'late', candidate).version)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    arguments = [sys.executable, "-c", code, str(settings.home), str(trained.folder)]
    workers = [
        subprocess.Popen([*arguments, f"late-{number}"], stdout=subprocess.PIPE, env=environment) for number in (1, 2)
    ]

    assert [worker.communicate(timeout=60)[0].split() for worker in workers] == [[b"1"], [b"1"]]
    assert numbers(settings) == [1]


def test_a_version_knows_its_address() -> None:
    assert Version("late", "7", "run", None, None).model_uri == "models:/late/7"
