"""Whether files changed."""

from __future__ import annotations

import os
from pathlib import Path

from headrace.plan.fingerprint import fingerprints, unchanged


def test_a_touched_file_is_unchanged_a_written_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("one")
    known = fingerprints([path])

    os.utime(path, ns=(1, 1))
    assert unchanged(known)

    path.write_text("two")
    assert not unchanged(known)


def test_a_file_that_goes_or_comes_is_a_change(tmp_path: Path) -> None:
    path = tmp_path / "file"
    absent = fingerprints([path])
    assert unchanged(absent)
    path.write_text("here")
    assert not unchanged(absent)

    present = fingerprints([path])
    path.unlink()
    assert not unchanged(present)
