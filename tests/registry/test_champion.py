"""What is known of the champion without asking MLflow, and when it is asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from headrace.errors import ServiceError
from headrace.registry import find_champion, observe_champion, promote_version, refresh_champions, register_version
from headrace.tracking import Settings, ensure_run
from headrace.tracking.connection import connected
from registered import Trained, free_port, fresh_settings, run_key, train


@dataclass(frozen=True)
class World:
    root: Path
    home: Path
    candidate: str | None = None
    clock: datetime | None = None


def slice_of(settings: Settings, alias: str = "champion") -> dict[str, Any]:
    tracking = {"uri": settings.tracking_uri, "registry_uri": settings.registry_uri, "experiment": None}
    return {"tracking": tracking, "registry": {"name": "late", "alias": alias}, "pipeline": "late"}


def observed(settings: Settings, candidate: str | None = None) -> Any:
    world = World(settings.home.parent, settings.home, candidate)
    return observe_champion(slice_of(settings), world)["champion"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(tmp_path_factory.mktemp("trained"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return fresh_settings(tmp_path)


@pytest.fixture
def crowned(settings: Settings, trained: Trained) -> Settings:
    version = register_version(settings, run_key(), "late", trained.candidate())
    promote_version(settings, "late", "champion", version.version, None)
    return settings


def test_a_run_that_looks_from_before_the_champion_is_told_so(crowned: Settings) -> None:
    def seen(clock: datetime | None) -> dict[str, Any]:
        return observe_champion(slice_of(crowned), World(crowned.home.parent, crowned.home, clock=clock))

    assert "later" not in seen(None)
    assert "later" not in seen(datetime.now(UTC))
    assert seen(datetime(2024, 1, 1, tzinfo=UTC))["later"] is True


def test_there_is_none_before_there_is_a_model_or_an_alias(settings: Settings, trained: Trained) -> None:
    assert observed(settings) is None
    register_version(settings, run_key(), "late", trained.candidate())
    assert observed(settings) is None


def test_it_is_seen_by_version_and_digest(crowned: Settings, trained: Trained) -> None:
    assert observed(crowned, "0" * 64) == {"version": "1", "model_digest": trained.digest}


def test_the_candidate_itself_is_self(crowned: Settings, trained: Trained) -> None:
    assert observed(crowned, trained.digest) == "self"


def test_a_version_that_headrace_did_not_make_is_nobodys_self(settings: Settings) -> None:
    with connected(settings) as client:
        client.create_registered_model("late")
        client.create_model_version("late", "/somewhere/else")
        client.set_registered_model_alias("late", "champion", "1")

    assert observed(settings, None) == {"version": "1", "model_digest": None}


def test_a_change_by_somebody_else_is_seen(crowned: Settings) -> None:
    assert observed(crowned) is not None
    with connected(crowned) as client:
        client.delete_registered_model_alias("late", "champion")

    assert observed(crowned) is None


def test_another_alias_is_asked_for_itself(crowned: Settings) -> None:
    assert find_champion(crowned, "late", "champion") is not None
    assert find_champion(crowned, "late", "challenger") is None
    assert find_champion(crowned, "late", "champion") is not None


def test_what_was_seen_holds_after_writes_of_our_own(crowned: Settings) -> None:
    memory = crowned.home / "champions" / "late.json"
    observed(crowned)
    ensure_run(crowned, run_key("late-2"))  # changes the database
    stale = memory.read_text()

    refresh_champions(crowned)

    assert json.loads(memory.read_text())["champion"] == json.loads(stale)["champion"]
    assert memory.read_text() != stale
    before = memory.stat().st_mtime_ns
    observed(crowned)
    assert memory.stat().st_mtime_ns == before


def test_a_refresh_sees_what_others_did_meanwhile(crowned: Settings, trained: Trained) -> None:
    observed(crowned)
    second = register_version(crowned, run_key("late-2"), "late", trained.candidate(digest="2" * 64))
    with connected(crowned) as client:
        client.set_registered_model_alias("late", "champion", second.version)

    refresh_champions(crowned)

    assert json.loads((crowned.home / "champions" / "late.json").read_text())["champion"]["version"] == "2"


def test_what_was_seen_may_be_damaged_or_unwritable(crowned: Settings) -> None:
    memory = crowned.home / "champions" / "late.json"
    observed(crowned)
    memory.write_text("{")
    assert observed(crowned) is not None
    memory.unlink()
    memory.parent.rmdir()
    memory.parent.write_text("in the way")
    assert observed(crowned) is not None


WITHOUT_MLFLOW = """
import json, sys, time
from pathlib import Path
from headrace.registry import observe_champion

class World:
    root, home, candidate, clock = Path(sys.argv[1]).parent, Path(sys.argv[1]), None, None

start = time.perf_counter()
seen = observe_champion(json.loads(sys.argv[2]), World())
print(json.dumps([seen, time.perf_counter() - start, "mlflow" in sys.modules]))
"""


def observed_elsewhere(settings: Settings) -> tuple[Any, float, bool]:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_MLFLOW, str(settings.home), json.dumps(slice_of(settings))],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    seen, seconds, has_mlflow = json.loads(done.stdout)
    return seen["champion"], seconds, has_mlflow


def test_an_unchanged_database_is_not_asked(crowned: Settings) -> None:
    observed(crowned)

    champion, seconds, has_mlflow = observed_elsewhere(crowned)

    assert champion["version"] == "1"
    assert not has_mlflow
    assert seconds < 0.05


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    settings = fresh_settings(tmp_path)
    (settings.home / "mlflow.db").unlink()

    assert observed_elsewhere(settings)[::2] == (None, False)
    assert not (settings.home / "mlflow.db").exists()


def test_a_registry_that_is_down_is_an_error_within_seconds(tmp_path: Path) -> None:
    uri = f"http://127.0.0.1:{free_port()}"
    settings = Settings(uri, uri, None, "late", tmp_path)
    start = time.monotonic()

    with pytest.raises(ServiceError, match="cannot be reached"):
        observed(settings)

    assert time.monotonic() - start < 15
