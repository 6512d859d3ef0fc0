"""The built wheel works away from the clone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from projects import REPOSITORY


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "build", "--wheel", "--quiet", "--out-dir", out, REPOSITORY], check=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`headrace` from the wheel, in an environment with its dependencies but without this checkout."""
    folder = tmp_path_factory.mktemp("away") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    uv = Path(sys.executable).with_name("uv")
    python = folder / "bin" / "python"
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, "--no-deps", wheel], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    # A path file's own folder is searched, path files in it are not followed: the checkout stays out of sight.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin" / "headrace"


def test_the_wheel_carries_what_init_copies_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert "headrace/scaffold/template/conf/config.yaml" in names
    assert "headrace/scaffold/template/headrace_dags.py" in names
    assert "headrace_features/scoring.py" in names
    assert "headrace_airflow/build/dag.py" in names
    assert not [name for name in names if name.startswith("tests") or "__pycache__" in name]


def test_init_makes_a_project_that_lints_and_runs(command: Path, tmp_path: Path) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HEADRACE_", "MLFLOW_", "PYTHONPATH"))}

    def headrace(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([command, *words], cwd=cwd, env=kept, capture_output=True, text=True, check=False)

    made = headrace("init", "demo", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    demo = tmp_path / "demo"
    assert sorted(path.name for path in demo.iterdir()) == [
        ".github",
        ".gitignore",
        ".headrace",
        ".vscode",
        "Makefile",
        "conf",
        "dags",
    ]
    lint = headrace("lint", cwd=demo)
    assert lint.returncode == 0, lint.stdout + lint.stderr

    done = headrace("run", "wine_cultivars", "--json", cwd=demo)

    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["model"] == {"name": "wine_cultivars", "version": "1", "alias": "champion"}
    again = headrace("init", "demo", cwd=tmp_path)
    assert again.returncode == 2
    assert "not empty" in again.stderr
