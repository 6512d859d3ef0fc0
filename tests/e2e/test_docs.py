"""Every command in the README and the documentation is run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from airflow_runs import copy_database
from projects import CHURN_DATASET, CHURN_PIPELINE, REPOSITORY, Sandbox, churn_rows, copy_of_repository

PAGES = sorted(
    path.relative_to(REPOSITORY).as_posix() for path in [REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")]
)
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
#: A pipeline that a page shows whole, under its file's name: its commands may run it.
_PIPELINE = re.compile(r"```yaml\n# (conf/pipeline/\w+\.yaml)\n(# @package.*?)```", re.DOTALL)

#: Commands that a page shows and another test runs, with that test.
ELSEWHERE = {
    "git clone REPOSITORY headrace && cd headrace": "continuous integration starts with a clone",
    "make demo": "tests/e2e/test_demo.py",
    ". .venv/bin/activate": "the tests run in that environment",
    "pip install headrace": "tests/e2e/test_wheel.py",
    "pip install 'headrace[airflow]'": "tests/e2e/test_wheel.py",
    "headrace up": "tests/e2e/test_scheduler.py",
    "headrace plan": "tests/cli/test_plan.py, in a repository",
    "headrace dags diff": "tests/airflow/commands/test_diff.py, in a repository",
    "headrace plan flight_delays --against origin/main": "tests/cli/test_plan.py",
    "headrace plan --against origin/main...": "tests/change/test_revision.py",
    "headrace plan --format markdown > plan.md": "tests/ci/test_workflows.py",
    "python -m headrace.change.comment plan.md --name my-project": "tests/change/test_comment.py",
}
#: Commands that end only when they are told to: what they print when they are ready.
SERVERS = {"headrace serve": "/invocations", "mlflow ui": "running on"}


def commands(page: str) -> list[str]:
    text = (REPOSITORY / page).read_text()
    lines = [line for block in _BLOCK.findall(text) for line in block.splitlines()]
    return [line.removeprefix("$ ").strip() for line in lines if line.startswith("$ ")]


def test_pages_show_commands() -> None:
    assert sum(len(commands(page)) for page in PAGES) > 20


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Path:
    """The state of a project in which most pages' pipeline has been run, and Airflow's database is there.

    Each page goes on from a copy: what it runs for the first time is another test's matter.
    """
    project = copy_of_repository(tmp_path_factory.mktemp("begun") / "project")
    copy_database(migrated, project)
    done = project.headrace("run", "wine_cultivars")
    assert done.code == 0, done.err
    return project.home


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)])
def test_the_commands_of_a_page_work_in_their_order(page: str, tmp_path: Path, begun: Path) -> None:
    project = copy_of_repository(tmp_path / "project")
    shutil.copytree(begun, project.home)
    project.write("conf/pipeline/churn.yaml", CHURN_PIPELINE)
    project.write("conf/dataset/churn.yaml", CHURN_DATASET)
    project.write("data/customers.csv", "\n".join(["customer,day,age,calls,plan,left", *churn_rows(0, 90)]) + "\n")
    _write_scoring_inputs(project)
    for name, text in _PIPELINE.findall((REPOSITORY / page).read_text()):
        project.write(name, text)
    folder = project.root
    for command in commands(page):
        if command.startswith("cd "):
            folder = folder / command.removeprefix("cd ")
        elif command not in ELSEWHERE:
            _run(Sandbox(folder), command)


def _write_scoring_inputs(project: Sandbox) -> None:
    from importlib.util import find_spec

    spec = find_spec("sklearn")
    assert spec is not None
    assert spec.submodule_search_locations
    rows = Path(spec.submodule_search_locations[0], "datasets/data/wine_data.csv").read_text().splitlines()[1:6]
    names = re.findall(r"- (\w+)", (project.root / "conf/pipeline/wine_cultivars.yaml").read_text())
    names = [name for name in names if name.islower() and not name.startswith("override")][-13:]
    lines = [",".join(names), *(row.rpartition(",")[0] for row in rows)]
    project.write("wine.csv", "\n".join(lines) + "\n")


def _run(project: Sandbox, command: str) -> None:
    environment = project.environment()
    words = shlex.split(command, comments=True)
    while words[0].partition("=")[0].isupper():
        words.pop(0)  # an address of somebody's server: the command itself is run against this project's own
    server = next((ready for name, ready in SERVERS.items() if " ".join(words).startswith(name)), None)
    if server is not None:
        _serve(project, words, server)
        return
    if words[0] == "curl":
        return  # needs the server of the line above: tests/e2e/test_serving.py asks it
    done = subprocess.run(
        words, cwd=project.root, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, f"$ {command}\n{done.stdout}\n{done.stderr}"


def _serve(project: Sandbox, words: list[str], ready: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if "--port" in words:
        words[words.index("--port") + 1] = str(port)
    else:
        words += ["--port", str(port)]
    log = project.root / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            words, cwd=project.root, env=project.environment(), stdout=out, stderr=out, start_new_session=True
        )
    try:
        deadline = time.monotonic() + 120
        while ready not in log.read_text():
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
