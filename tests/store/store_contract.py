"""What every store must do. A backend's test module subclasses this and provides `store`."""

from __future__ import annotations

import multiprocessing
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headrace.errors import DamagedBlobError
from headrace.store import Action, Store

KEY = "ab" * 32


def an_action(key: str = KEY, **fields: object) -> Action:
    return Action(key=key, stage="train", outputs={}, **fields)  # type: ignore[arg-type]


def a_file(folder: Path, content: bytes, name: str = "part") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


class StoreContract:
    def damage(self, store: Store, digest: str, content: bytes | None) -> None:
        """Alter (or with None remove) what is stored under a digest, behind the store's back."""
        raise NotImplementedError

    def test_what_was_committed_is_found_and_read(self, store: Store, tmp_path: Path) -> None:
        action = store.commit(an_action(facts={"rows": 3}), {"a/table": a_file(tmp_path, b"content")})

        found = store.find(KEY)

        assert found == action
        assert found is not None
        assert found.facts == {"rows": 3}
        assert store.read(found.outputs["a/table"]).read_bytes() == b"content"

    def test_an_unknown_key_is_not_found(self, store: Store) -> None:
        assert store.find("cd" * 32) is None

    def test_the_first_commit_of_a_key_wins(self, store: Store, tmp_path: Path) -> None:
        first = store.commit(an_action(run_id="one"), {"out": a_file(tmp_path, b"1")})

        second = store.commit(an_action(run_id="two"), {"out": a_file(tmp_path, b"2")})

        assert second == first
        assert store.find(KEY) == first

    def test_an_action_whose_file_is_gone_is_not_found_and_can_be_made_again(
        self, store: Store, tmp_path: Path
    ) -> None:
        first = store.commit(an_action(), {"out": a_file(tmp_path, b"1")})
        self.damage(store, first.outputs["out"].digest, None)
        assert store.find(KEY) is None

        again = store.commit(an_action(run_id="again"), {"out": a_file(tmp_path, b"1 again")})

        assert store.find(KEY) == again
        assert again.run_id == "again"

    def test_damage_is_seen_on_read_and_removed(self, store: Store, tmp_path: Path) -> None:
        action = store.commit(an_action(), {"out": a_file(tmp_path, b"whole")})
        self.damage(store, action.outputs["out"].digest, b"wrong")  # of the same size

        with pytest.raises(DamagedBlobError):
            store.read(action.outputs["out"])

        assert store.find(KEY) is None

    def test_equal_content_is_stored_once_under_equal_digests(self, store: Store, tmp_path: Path) -> None:
        files = {"one": a_file(tmp_path, b"same", "1"), "two": a_file(tmp_path, b"same", "2")}

        action = store.commit(an_action(), files)

        assert action.outputs["one"] == action.outputs["two"]

    def test_an_alias_finds_the_same_action(self, store: Store, tmp_path: Path) -> None:
        action = store.commit(an_action(), {"out": a_file(tmp_path, b"1")})

        store.alias("cd" * 32, action)

        assert store.find("cd" * 32) == action

    def test_a_workspace_is_empty_and_goes_away(self, store: Store) -> None:
        with store.workspace("train") as folder:
            assert list(folder.iterdir()) == []
            (folder / "half").write_text("written")
        assert not folder.exists()

    def test_documents_are_replaced_whole_and_listed(self, store: Store) -> None:
        store.put_document("runs", "one", {"status": "running"})
        store.put_document("runs", "one", {"status": "done"})

        assert store.get_document("runs", "one") == {"status": "done"}
        assert store.get_document("runs", "two") is None
        assert list(store.documents("runs")) == [("one", {"status": "done"})]

    def test_of_those_who_create_a_document_the_first_wins(self, store: Store) -> None:
        first = store.create_document("pins", "one", {"plan": "a"})
        second = store.create_document("pins", "one", {"plan": "b"})

        assert first == second == store.get_document("pins", "one") == {"plan": "a"}

    def test_recent_documents_are_read_one_by_one_the_last_written_first(self, store: Store) -> None:
        for name in ("b", "c", "a"):
            store.put_document("runs", name, {"name": name})
            time.sleep(0.02)
        coming = store.recent_documents("runs")

        first, document = next(coming)
        store.put_document("runs", "b", {"name": "b, which has been written again"})
        rest = list(coming)

        assert [document["name"], *(each["name"] for _, each in rest)] == ["a", "c", "b, which has been written again"]
        assert first > rest[0][0] > rest[1][0]
        assert abs(datetime.now(UTC) - first) < timedelta(minutes=1)
        assert list(store.recent_documents("none")) == []

    def test_a_lock_has_one_holder(self, store: Store) -> None:
        with store.lock("key"), pytest.raises(BlockingIOError), store.lock("key", wait=False):
            pass
        with store.lock("key", wait=False):
            pass

    def test_a_lock_ends_with_its_process(self, store: Store) -> None:
        context = multiprocessing.get_context("spawn")
        ready = context.Event()
        holder = context.Process(target=_hold, args=(store, ready))
        holder.start()
        assert ready.wait(30)

        holder.kill()
        holder.join()

        with store.lock("held", wait=False):
            pass


def _hold(store: Store, ready: object) -> None:
    with store.lock("held"):
        ready.set()  # type: ignore[attr-defined]
        time.sleep(60)
