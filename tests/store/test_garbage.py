"""What gc keeps and what it frees."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from headrace.store import LocalStore
from headrace.store.garbage import damaged_blobs, delete, find_garbage
from store_contract import a_file, an_action

MONTH = timedelta(days=30)


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


def age(store: LocalStore, days: int) -> None:
    old = time.time() - days * 86400
    for path in store.root.rglob("*"):
        os.utime(path, (old, old))


def note_run(store: LocalStore, run_id: str, key: str, started: str = "2020-01-01") -> None:
    store.put_document("runs", run_id, {"status": "done", "started": started})
    store.put_document(f"runs/{run_id}", "train", {"key": key})


def test_old_results_of_no_recent_run_go_with_their_files(store: LocalStore, tmp_path: Path) -> None:
    store.commit(an_action("ab" * 32), {"out": a_file(tmp_path, b"1234")})
    age(store, 40)

    garbage = find_garbage(store, MONTH)
    delete(garbage)

    assert garbage.size >= 4
    assert store.find("ab" * 32) is None
    assert not list((store.root / "blobs").glob("*/*"))


def test_the_latest_run_of_a_pipeline_keeps_its_results(store: LocalStore, tmp_path: Path) -> None:
    action = store.commit(an_action("ab" * 32), {"out": a_file(tmp_path, b"1234")})
    age(store, 40)
    note_run(store, "one", "ab" * 32)
    store.put_document("latest", "pipeline", {"run_id": "one"})

    delete(find_garbage(store, MONTH))

    assert store.find("ab" * 32) == action


def test_young_results_stay(store: LocalStore, tmp_path: Path) -> None:
    store.commit(an_action(), {"out": a_file(tmp_path, b"1234")})

    garbage = find_garbage(store, timedelta(seconds=1))

    assert (garbage.actions, garbage.blobs) == ((), ())


def test_files_that_no_result_names_go_after_an_hour(store: LocalStore, tmp_path: Path) -> None:
    store.commit(an_action(), {"out": a_file(tmp_path, b"1234")})
    next((store.root / "actions").glob("*/*.json")).unlink()
    assert not find_garbage(store, MONTH).blobs

    age(store, 1)

    assert len(find_garbage(store, MONTH).blobs) == 1


def test_damage_is_found_without_a_read(store: LocalStore, tmp_path: Path) -> None:
    action = store.commit(an_action(), {"out": a_file(tmp_path, b"1234")})
    assert not list(damaged_blobs(store))
    path = store.read(action.outputs["out"])
    path.chmod(0o644)
    path.write_bytes(b"1243")

    assert list(damaged_blobs(store)) == [path]
