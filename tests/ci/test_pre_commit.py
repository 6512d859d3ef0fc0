"""The hook that `.pre-commit-hooks.yaml` offers, run by pre-commit itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import yaml

from projects import REPOSITORY
from repositories import Repository, repository


def pre_commit(repo: Repository, home: Path) -> subprocess.CompletedProcess[str]:
    folder = Path(sys.executable).parent
    environ = {**os.environ, "PRE_COMMIT_HOME": str(home), "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    words = [str(folder / "pre-commit"), "run", "headrace-lint"]
    return subprocess.run(words, cwd=repo.top, env=environ, capture_output=True, text=True, check=False)


def test_a_commit_with_a_mistake_is_stopped(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo")
    (hook,) = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    here = {**hook, "language": "system"}  # what is installed here, and not what a package index has
    repo.write(
        {".pre-commit-config.yaml": yaml.safe_dump({"repos": [{"repo": "local", "hooks": [here]}]}), "notes.md": ""}
    )
    repo.git("add", "--all")
    skipped = pre_commit(repo, tmp_path / "home")
    repo.edit("conf/pipeline/late.yaml", "min: 0.65", "mni: 0.65")
    repo.git("add", "--all")

    failed = pre_commit(repo, tmp_path / "home")

    assert skipped.returncode == 0
    assert "Skipped" in skipped.stdout
    assert failed.returncode == 1
    assert "conf/pipeline/late.yaml:17:23: error HR140" in failed.stdout
