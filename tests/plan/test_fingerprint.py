"""Whether files changed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from headrace.plan import fingerprint as module
from headrace.plan.fingerprint import Fingerprint, Look, fingerprint, names_in, unchanged


def known_of(path: Path) -> dict[str, Fingerprint]:
    return {str(path): fingerprint(str(path))}


def test_a_touched_file_is_unchanged_a_written_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("one")
    known = known_of(path)

    os.utime(path, ns=(1, 1))
    assert unchanged(known)

    path.write_text("two")
    assert not unchanged(known)


def test_a_file_that_goes_or_comes_is_a_change(tmp_path: Path) -> None:
    path = tmp_path / "file"
    absent = known_of(path)
    assert unchanged(absent)
    path.write_text("here")
    assert not unchanged(absent)

    present = known_of(path)
    path.unlink()
    assert not unchanged(present)


@pytest.mark.parametrize("ahead", [0, 3600], ids=["the same tick", "a clock that is ahead"])
def test_an_edit_of_equal_size_and_time_is_noticed(tmp_path: Path, ahead: int) -> None:
    path = tmp_path / "file"
    path.write_text("one")
    moment = time.time_ns() + ahead * 1_000_000_000
    os.utime(path, ns=(moment, moment))
    known = known_of(path)

    path.write_text("two")
    os.utime(path, ns=(moment, moment))

    assert not unchanged(known)


def test_a_time_is_trusted_once_it_has_settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_text("one")
    known = known_of(path)
    assert known[str(path)] is not None
    assert known[str(path)][1] is None  # type: ignore[index]
    monkeypatch.setattr(module, "SETTLING", -1_000_000_000)
    look = Look()
    assert look.unchanged(known)

    better = look.refreshed(known)

    assert better[str(path)][1] == path.stat().st_mtime_ns  # type: ignore[index]


def test_a_folder_is_there_or_not_whatever_is_in_it(tmp_path: Path) -> None:
    known = {str(tmp_path): fingerprint(str(tmp_path))}
    before = names_in(str(tmp_path))
    (tmp_path / "new").write_text("")

    assert unchanged(known)
    assert names_in(str(tmp_path)) != before
    assert names_in(str(tmp_path / "none")) is None
