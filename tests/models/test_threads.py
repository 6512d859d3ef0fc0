from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import headrace
from headrace.models.threads import wait_politely

SPY = """
import os, sys
seen = {}
class Spy:
    def find_spec(self, name, path=None, target=None):
        if name in ("sklearn", "xgboost"):
            seen[name] = os.environ.get("OMP_WAIT_POLICY")
sys.meta_path.insert(0, Spy())
from headrace.stages import %(stage)s
try:
    %(stage)s.run(type("Context", (), {"config": {}}))
except ValueError:
    pass
print(seen["sklearn"])
"""


@pytest.mark.parametrize("stage", ["train", "evaluate"])
def test_it_is_said_before_the_libraries_are_loaded(stage: str) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(headrace.__file__).parents[1])}
    code = SPY % {"stage": stage}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.stdout.strip() == "PASSIVE", done.stderr


def test_who_has_decided_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    wait_politely()
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"
