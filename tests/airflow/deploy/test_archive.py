"""The versions that were published: what restoring verifies, mends and shares, and what is forgotten when."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from headrace_airflow.deploy.archive import KEPT, Archive, DamagedVersionError
from headrace_airflow.deploy.manifest import BuiltPipeline, Manifest
from headrace_airflow.deploy.rendering import Rendered


def version(name: str, **pipelines: str) -> Rendered:
    """A version whose pipelines have these specifications."""
    files = {f"dags/{each}.json": text.encode() for each, text in pipelines.items()}
    files |= {f"dags/{each}.py": f"# {text}".encode() for each, text in pipelines.items()}
    built = {
        each: BuiltPipeline(each, None, text, f"dags/{each}.json", f"dags/{each}.py")
        for each, text in pipelines.items()
    }
    hashes = {path: sha256(content).hexdigest() for path, content in files.items()}
    return Rendered(Manifest(name, "0", 1, built, hashes), files)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive(tmp_path / "deployed")
    archive.publish(version("first", churn="a", leaver="l"))
    archive.publish(version("second", churn="b", leaver="l"))
    return archive


def stored(archive: Archive, content: bytes) -> Path:
    return archive.folder / "files" / sha256(content).hexdigest()


def age(archive: Archive, name: str) -> None:
    """Let the version look as if nobody had asked for it in a long time, and what is stored be as old."""
    long_ago = time.time() - KEPT - 100
    for path in [archive.folder / "versions" / name / "headrace.json", *(archive.folder / "files").iterdir()]:
        os.utime(path, (long_ago, long_ago))


def test_what_two_versions_have_alike_is_one_file_on_the_same_disk(archive: Archive, tmp_path: Path) -> None:
    first, second = tmp_path / "versions" / "first", tmp_path / "versions" / "second"
    archive.restore("first", first)

    archive.restore("second", second, first)

    assert (second / "dags/leaver.json").stat().st_ino == (first / "dags/leaver.json").stat().st_ino
    assert (second / "dags/churn.json").read_text() == "b"
    assert (first / "dags/churn.json").read_text() == "a"
    assert stored(archive, b"l").stat().st_nlink == 1


def test_a_file_that_was_changed_in_the_other_folder_is_not_shared(archive: Archive, tmp_path: Path) -> None:
    first, second = tmp_path / "versions" / "first", tmp_path / "versions" / "second"
    archive.restore("first", first)
    (first / "dags/leaver.json").write_text("edited")

    archive.restore("second", second, first)

    assert (second / "dags/leaver.json").read_text() == "l"


def test_a_loader_has_the_time_at_which_it_was_first_published(archive: Archive, tmp_path: Path) -> None:
    os.utime(stored(archive, b"# l"), (1_000_000, 1_000_000))

    archive.restore("second", tmp_path / "second")

    assert (tmp_path / "second/dags/leaver.py").stat().st_mtime == 1_000_000


@pytest.mark.parametrize("deed", [lambda path: path.write_bytes(b"x"), lambda path: path.unlink()])
def test_a_damaged_file_is_mended_from_another_versions_folder(
    archive: Archive, tmp_path: Path, deed: Callable[[Path], Any]
) -> None:
    archive.restore("first", tmp_path / "versions" / "first")
    deed(stored(archive, b"l"))

    assert archive.restore("second", tmp_path / "versions" / "second")

    assert (tmp_path / "versions" / "second" / "dags/leaver.json").read_text() == "l"
    assert stored(archive, b"l").read_bytes() == b"l"


def test_a_damaged_file_that_nobody_has_is_said_with_its_place(archive: Archive, tmp_path: Path) -> None:
    stored(archive, b"a").write_bytes(b"x")

    with pytest.raises(DamagedVersionError, match=r"dags/churn\.json of version first") as raised:
        archive.restore("first", tmp_path / "versions" / "first")

    assert str(stored(archive, b"a")) in raised.value.message
    assert "backup" in raised.value.remedy
    assert list((tmp_path / "versions").iterdir()) == []
    assert archive.newest == "second"


def test_a_damaged_file_of_the_newest_version_has_it_published_again(archive: Archive, tmp_path: Path) -> None:
    stored(archive, b"b").write_bytes(b"x")
    with pytest.raises(DamagedVersionError, match="second") as raised:
        archive.restore("second", tmp_path / "versions" / "second")
    assert "published again" in raised.value.remedy
    assert archive.newest is None

    archive.publish(version("second", churn="b", leaver="l"))

    assert archive.newest == "second"
    assert archive.restore("second", tmp_path / "versions" / "second")


def test_publishing_again_replaces_what_is_damaged_though_it_has_the_same_size(archive: Archive) -> None:
    stored(archive, b"b").write_bytes(b"x")

    archive.publish(version("second", churn="b", leaver="l"))

    assert stored(archive, b"b").read_bytes() == b"b"


def test_what_nobody_asks_for_is_forgotten_once_a_day(archive: Archive) -> None:
    age(archive, "first")
    archive.publish(version("third", churn="c", leaver="l"))
    assert archive.manifest("first") is not None

    os.utime(archive.folder / "cleaned", (time.time() - 100_000,) * 2)
    archive.publish(version("fourth", churn="d", leaver="l"))

    assert archive.manifest("first") is None
    assert archive.manifest("second") is not None
    assert not stored(archive, b"a").exists()
    assert stored(archive, b"l").exists()


def test_a_version_that_nobody_published_is_not_there(archive: Archive, tmp_path: Path) -> None:
    assert not archive.restore("other", tmp_path / "other")
