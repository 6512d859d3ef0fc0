"""The store in a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from headrace.store import LocalStore
from store_contract import StoreContract, a_file, an_action


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


class TestLocalStore(StoreContract):
    def damage(self, store: LocalStore, digest: str, content: bytes | None) -> None:
        path = store.root / "blobs" / digest[:2] / digest[2:]
        path.unlink()
        if content is not None:
            path.write_bytes(content)


def test_a_damaged_action_document_counts_as_absent(store: LocalStore, tmp_path: Path) -> None:
    action = store.commit(an_action(), {"out": a_file(tmp_path, b"1")})
    path = next((store.root / "actions").glob("*/*.json"))
    path.write_text(path.read_text()[:20])

    assert store.find(action.key) is None
    assert store.commit(an_action(run_id="again"), {"out": a_file(tmp_path, b"1")}).run_id == "again"


def test_blobs_cannot_be_written_to(store: LocalStore, tmp_path: Path) -> None:
    action = store.commit(an_action(), {"out": a_file(tmp_path, b"1")})

    mode = store.read(action.outputs["out"]).stat().st_mode & 0o777

    assert mode == 0o444


def test_another_versions_action_counts_as_absent(store: LocalStore, tmp_path: Path) -> None:
    action = store.commit(an_action(), {"out": a_file(tmp_path, b"1")})
    path = next((store.root / "actions").glob("*/*.json"))
    path.write_text(json.dumps({**json.loads(path.read_text()), "colour": "blue"}))

    assert store.find(action.key) is None
