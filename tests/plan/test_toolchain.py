"""What makes every plan stale at once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import headrace
from headrace.plan.toolchain import packages, toolchain


def test_versions_are_those_of_the_metadata() -> None:
    names = ["hydra-core", "scikit-learn", "PyYAML", "pydantic_core"]

    assert packages(names) == {name: metadata.version(name) for name in names}
    assert packages(["no-such-distribution"]) == {"no-such-distribution": "absent"}


def test_an_edit_of_any_of_headraces_own_files_is_another_toolchain(tmp_path: Path) -> None:
    shutil.copytree(Path(headrace.__file__).parent, tmp_path / "headrace", ignore=shutil.ignore_patterns("__pycache__"))

    def asked() -> str:
        code = "from headrace.plan.toolchain import toolchain; print(toolchain())"
        words = [sys.executable, "-c", code]
        done = subprocess.run(words, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True)
        return done.stdout

    before = asked()
    assert asked() == before
    with (tmp_path / "headrace" / "report" / "wording.py").open("a") as file:
        file.write("# more\n")

    assert asked() != before
    assert toolchain() == toolchain()
