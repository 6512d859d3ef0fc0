"""The store in a folder."""

from __future__ import annotations

import errno
import json
import os
import stat
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from headrace.store import LocalStore, exclusive
from headrace.store.exclusive import put_first
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


def _unlinkable(code: int) -> Callable[..., None]:
    def link(*names: object) -> None:
        raise OSError(code, os.strerror(code))

    return link


@pytest.fixture(params=["EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK", "ENOSYS"])
def no_links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without hard links, which is not to be had here; what it answers differs."""
    monkeypatch.setattr(os, "link", _unlinkable(getattr(errno, request.param)))


@pytest.mark.usefixtures("no_links")
class TestStoreWithoutHardLinks(TestLocalStore):
    """A folder on such a file system is as good a store."""


def test_what_keeps_a_link_from_being_made_on_a_good_disk_is_told(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", _unlinkable(errno.ENOSPC))

    with pytest.raises(OSError, match="No space left"):
        store.create_document("pins", "one", {"plan": "a"})


@pytest.fixture
def unlinked(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> LocalStore:
    monkeypatch.setattr(os, "link", _unlinkable(errno.EPERM))
    return store


def test_without_hard_links_too_there_is_one_first_among_many(unlinked: LocalStore) -> None:
    def create(number: int) -> Any:
        return unlinked.create_document("pins", "one", {"plan": number})["plan"]

    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(create, range(64)))

    assert len(found) == 1
    assert [path.name for path in (unlinked.root / "pins").iterdir()] == ["one.json"]


@pytest.mark.usefixtures("unlinked")
def test_without_hard_links_nobody_looks_while_another_writes(tmp_path: Path) -> None:
    path = tmp_path / "one"

    def is_whole(there: Path) -> bool:
        found = there.exists()
        time.sleep(0.05)  # as long as another needs to do the same
        return found

    def put(number: int) -> bool:
        with suppress(FileExistsError):
            put_first(a_file(tmp_path, b"%d" % number, f"part-{number}"), path, is_whole)
            return True
        return False

    with ThreadPoolExecutor(4) as pool:
        firsts = [number for number, is_first in enumerate(pool.map(put, range(4))) if is_first]

    assert [int(path.read_bytes())] == firsts


def test_without_hard_links_a_reader_sees_a_whole_document_or_none(unlinked: LocalStore) -> None:
    path, done = unlinked.root / "pins" / "one.json", threading.Event()
    seen: set[int] = set()

    def read() -> None:
        while not done.is_set():
            with suppress(OSError):
                seen.add(path.stat().st_size)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(read)
        try:
            for _ in range(50):
                path.unlink(missing_ok=True)
                unlinked.create_document("pins", "one", {"long": "x" * 2_000_000})
        finally:
            done.set()

    assert seen <= {path.stat().st_size}


@pytest.mark.parametrize("left", [None, '{"plan": "a', '{"plan": "a"}'], ids=["nothing", "half", "whole"])
def test_without_hard_links_the_claim_of_a_killed_writer_is_taken_over(
    unlinked: LocalStore, monkeypatch: pytest.MonkeyPatch, left: str | None
) -> None:
    monkeypatch.setattr(exclusive, "_PATIENCE", 0.1)
    path = unlinked.root / "pins" / "one.json"
    path.parent.mkdir(parents=True)
    path.with_name(".one.json.claim").touch()
    if left is not None:
        path.write_text(left)

    made = unlinked.create_document("pins", "one", {"plan": "b"})

    assert made == unlinked.get_document("pins", "one") == {"plan": "a" if left == '{"plan": "a"}' else "b"}
    assert [path.name for path in path.parent.iterdir()] == ["one.json"]


def test_a_folder_that_cannot_be_synced_is_no_reason_to_fail(
    store: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", files_only)

    action = store.commit(an_action(), {"out": a_file(tmp_path, b"1")})

    assert store.find(action.key) == action


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
