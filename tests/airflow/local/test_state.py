"""What is remembered of a running `headrace up`."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from headrace_airflow.local import state
from headrace_airflow.local.state import Known, Running, known

HOLD = """\
import sys, time
from pathlib import Path
from headrace_airflow.local import state
with state.held(Path(sys.argv[1])) as first:
    print(first, flush=True)
    time.sleep(60)
"""


def myself() -> Known:
    return known("here", os.getpid(), "log")


def test_what_is_kept_is_read_again_and_closed_to_others(tmp_path: Path) -> None:
    running = Running(myself(), 8080, None, "https://mlflow.example.com", (Known("scheduler", 1, 2.0, "log", 3),))

    state.write(tmp_path, running)

    assert state.read(tmp_path) == running
    assert (tmp_path / "up.json").stat().st_mode & 0o777 == 0o600
    state.forget(tmp_path)
    assert state.read(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    for text in ("", "{", "[]", '{"parts": 7}', '{"parts": [{"name": 1}]}'):
        (tmp_path / "up.json").write_text(text)

        assert state.read(tmp_path) is None


def test_a_process_number_that_was_given_again_is_another_process() -> None:
    assert myself().is_alive()
    assert not replace(myself(), began=myself().began - 60).is_alive()
    assert not replace(myself(), pid=2**22 + 1).is_alive()
    assert not replace(myself(), boot="another start of the machine").is_alive()


def test_a_clock_that_is_put_right_makes_no_other_process_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before, boot = myself(), psutil.boot_time()

    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: boot + 3600)
    monkeypatch.setattr("psutil.boot_time", lambda: boot + 3600)

    assert before.is_alive()


def test_the_lock_is_let_go_of_when_its_process_is_killed(tmp_path: Path) -> None:
    words = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "True\n"
        with state.held(tmp_path) as first:
            assert not first
        other.kill()
        other.wait()
        with state.held(tmp_path) as first:
            assert first
