"""`headrace dags …`: what it prints and what it exits with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from projects import CHURN_PIPELINE, Sandbox, churn_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return churn_project(tmp_path_factory.mktemp("cli") / "project")


@pytest.fixture
def mixed(project: Sandbox) -> Sandbox:
    """A good pipeline, a scheduled one, one that does not compile, one that Airflow refuses."""
    daily = 'schedule: {cron: "0 6 * * *", timezone: America/New_York}\n'
    project.write("conf/pipeline/nightly.yaml", CHURN_PIPELINE + daily)
    project.write("conf/pipeline/ended.yaml", CHURN_PIPELINE + 'schedule: {cron: "@daily", end: 2020-01-01}\n')
    project.write("conf/pipeline/broken.yaml", CHURN_PIPELINE + "modle: ridge\n")
    project.write("conf/pipeline/bad_cron.yaml", CHURN_PIPELINE + 'schedule: {cron: "99 * * * *"}\n')
    return project


def test_a_sound_project_passes(project: Sandbox) -> None:
    done = project.headrace("dags", "check")

    assert done.code == 0, done.err
    assert "churn  8      by hand   ok" in done.out
    assert "1 DAGs, no problems" in done.out
    assert done.err == ""


def test_check_names_the_pipeline_and_the_line_of_everything_that_is_wrong(mixed: Sandbox) -> None:
    done = mixed.headrace("dags", "check")

    assert done.code == 1
    assert "conf/pipeline/broken.yaml:15:1: error HR140: unknown key `modle`" in done.err
    assert "conf/pipeline/bad_cron.yaml:15:18: error HR171: `99 * * * *` is not a cron expression" in done.err
    assert "5 DAGs, 2 problems" in done.out
    assert "churn     8      by hand    ok" in done.out
    assert "Traceback" not in done.out + done.err


def test_check_finds_duplicates_cycles_and_files_that_do_not_load(mixed: Sandbox) -> None:
    loop = (
        "from airflow.sdk import DAG, BaseOperator\n"
        "with DAG('loop', schedule=None):\n"
        "    a, b = BaseOperator(task_id='a'), BaseOperator(task_id='b')\n"
        "    a >> b >> a\n"
    )
    mixed.write("dags/loop.py", loop)
    mixed.write("dags/twice.py", "from airflow.sdk import DAG\n\nchurn = DAG('churn', schedule=None)\n")
    mixed.write("dags/wrong.py", "# an airflow dag\nimport nothing_like_this\n")
    try:
        done = mixed.headrace("dags", "check")
    finally:
        for name in ("loop", "twice", "wrong"):
            (mixed.root / "dags" / f"{name}.py").unlink()

    assert done.code == 1
    assert "dags/loop.py: error HR711: AirflowDagCycleException" in done.err
    assert "churn" in next(line for line in done.err.splitlines() if "Duplicated" in line)
    assert "dags/wrong.py:2: error HR711: ModuleNotFoundError: No module named 'nothing_like_this'" in done.err
    assert "5 problems" in done.out


def test_check_says_when_nothing_loads_the_pipelines(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")
    (project.root / "dags" / "headrace_dags.py").write_text("# somebody's own airflow dag file\n")

    done = project.headrace("dags", "check")

    assert done.code == 1
    assert "loads the pipeline churn" in done.err
    assert "headrace_dags.py" in done.err


def test_list_says_what_runs_when(mixed: Sandbox) -> None:
    done = mixed.headrace("dags", "list")

    rows = {line.split()[0]: line for line in done.out.splitlines()[1:]}
    assert done.code == 0, done.err
    assert "by hand" in rows["churn"]
    assert re.search(r"0 6 \* \* \* +America/New_York", rows["nightly"])
    assert "06:00 E" in rows["nightly"]  # EST or EDT
    assert "ended" in rows["ended"]
    assert "broken: 1 problem" in rows["broken"]
    assert "broken" in rows["bad_cron"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["test"], "NAME"),
        (["test", "churn", "--date", "yesterday"], "not an ISO 8601"),
        (["tset"], "invalid choice"),
        ([], "COMMAND"),
    ],
)
def test_a_mistake_is_explained_with_exit_code_2(project: Sandbox, words: list[str], says: str) -> None:
    done = project.headrace("dags", *words)

    assert done.code == 2
    assert says in done.err


def test_outside_a_project_it_says_so(tmp_path: Path) -> None:
    done = Sandbox(tmp_path).headrace("dags", "list")

    assert done.code == 2
    assert "no headrace project here" in done.err


def test_a_port_that_is_taken_is_a_usage_error(project: Sandbox) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = project.headrace("up", "--port", str(taken.getsockname()[1]))

    assert done.code == 2
    assert "cannot be used" in done.err
    assert "--port" in done.err
