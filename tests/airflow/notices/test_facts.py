"""What a notice may say besides what happened, from a store that runs have left."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from headrace.run.outcome import Outcome
from headrace.run.record import join_run, note_outcome
from headrace.store import Action, LocalStore
from headrace_airflow.notices.facts import RunFacts, run_facts
from plans import plan_of

CHAMPION = {"champion": {"version": "3", "model_digest": "d"}}
Note = Callable[..., None]


@pytest.fixture
def note(tmp_path: Path) -> Note:
    """Let a run's stage end with these facts, and what it saw of the champion."""
    store = LocalStore(tmp_path / "store")

    def ended(run: str, stage: str, facts: Mapping[str, Any], observed: Any = None, *, refused: bool = False) -> None:
        join_run(store, plan_of(registry={"name": "late_flights"}), run, None)
        key = f"{run}-{stage}".ljust(64, "0")
        action = Action(key, stage, {}, facts, refused=refused)
        store.commit(action, {})
        note_outcome(store, run, Outcome(stage, "ran", 1.0, action, observed))

    return ended


def test_without_a_store_nothing_is_known(tmp_path: Path) -> None:
    assert run_facts(tmp_path, "one", "flights") == RunFacts()


def test_the_mlflow_run_is_an_address_where_a_server_shows_it_and_else_an_id(tmp_path: Path, note: Note) -> None:
    note("one", "register", {"mlflow_run_id": "0f3a"})
    assert run_facts(tmp_path, "one", "flights").mlflow == "0f3a"

    note("one", "track", {"mlflow_run_id": "0f3a", "url": "http://mlflow/#/experiments/1/runs/0f3a"})
    assert run_facts(tmp_path, "one", "flights").mlflow == "http://mlflow/#/experiments/1/runs/0f3a"


def test_an_address_with_a_password_is_not_told(tmp_path: Path, note: Note) -> None:
    note("one", "track", {"mlflow_run_id": "0f3a", "url": "http://me:s3cret@mlflow/"})

    assert run_facts(tmp_path, "one", "flights").mlflow == "0f3a"


def test_the_champion_is_the_one_that_the_gate_saw(tmp_path: Path, note: Note) -> None:
    note("one", "gate", {}, CHAMPION, refused=True)

    found = run_facts(tmp_path, "one", "flights")

    assert found.champion == "version 3 of late_flights"
    assert found.refused


def test_a_promotion_is_what_the_run_brought(tmp_path: Path, note: Note) -> None:
    note("one", "gate", {}, CHAMPION)
    note("one", "promote", {"alias": "champion", "version": "4", "previous": "3", "promoted": True})

    found = run_facts(tmp_path, "one", "flights")

    assert found.champion == "version 4 of late_flights"
    assert found.brought == "version 4 of late_flights is the champion, instead of version 3"


def test_a_run_that_did_not_get_so_far_knows_the_champion_from_an_earlier_one(tmp_path: Path, note: Note) -> None:
    note("one", "gate", {}, CHAMPION)
    note("two", "ingest", {})

    assert run_facts(tmp_path, "two", "flights").champion == "version 3 of late_flights, when last seen"


def test_the_registry_of_a_local_database_is_remembered(tmp_path: Path, note: Note) -> None:
    note("one", "ingest", {})
    (tmp_path / "champions").mkdir()
    seen = {"name": "late_flights", "alias": "champion", "champion": {"version": "7", "model_digest": None}}
    (tmp_path / "champions" / "late_flights.json").write_text(json.dumps(seen))

    assert run_facts(tmp_path, "one", "flights").champion == "version 7 of late_flights"


def test_a_pipeline_without_a_champion_says_nothing_of_one(tmp_path: Path, note: Note) -> None:
    note("one", "gate", {}, {"champion": None})

    assert run_facts(tmp_path, "one", "flights").champion == ""
