"""The process of the command: how it begins and ends."""

from __future__ import annotations

import subprocess
import sys

LEAVES = """\
import atexit, sys, threading, time
from headrace.cli import process

atexit.register(lambda: print("cleaned up"))
sys.argv = ["headrace", *{words!r}]
threading.Thread(target=lambda: (time.sleep(0.3), print("other work is done"))).start()
process.command()
"""


def left(*words: str) -> subprocess.CompletedProcess[str]:
    code = LEAVES.format(words=list(words))
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)


def test_what_is_to_happen_at_the_end_happens() -> None:
    done = left("lint", "--explain", "HR101")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == ["other work is done", "cleaned up"]
    assert "HR101" in done.stdout


def test_the_code_is_the_commands() -> None:
    assert left("lint", "--explain", "HR999").returncode == 2
