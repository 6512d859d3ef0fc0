"""`headrace dags …`: what it prints and what it exits with."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

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
    assert re.search(r"churn +8 +by hand +ok\n", done.out)
    assert "1 DAG, no problems" in done.out
    assert done.err == ""


def test_check_names_the_pipeline_and_the_line_of_everything_that_is_wrong(mixed: Sandbox) -> None:
    done = mixed.headrace("dags", "check")

    assert done.code == 1
    assert "conf/pipeline/broken.yaml:15:1: error HR140: unknown key `modle`" in done.err
    assert "conf/pipeline/bad_cron.yaml:15:18: error HR171: `99 * * * *` is not a cron expression" in done.err
    assert "5 DAGs, 3 problems" in done.out
    assert re.search(r"churn +8 +by hand +ok\n", done.out)
    assert re.search(r"nightly +8 +0 6 \* \* \* in America/New_York +365 +\d{4}-\d\d-\d\d 06:00 E[SD]T +ok\n", done.out)
    assert "ended: " not in done.err
    assert re.search(r"ended +8 +@daily in UTC until 2020-01-01 +0 +warned\n", done.out)
    assert "conf/pipeline/ended.yaml:15:18: warning HR716: the schedule starts no run within a year" in done.err
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
    assert "6 problems" in done.out


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
    assert "0 6 * * * in America/New_York" in rows["nightly"]
    assert "06:00 E" in rows["nightly"]  # EST or EDT
    assert "ended" in rows["ended"]
    assert "broken: 1 problem" in rows["broken"]
    assert "broken" in rows["bad_cron"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["test"], "NAME"),
        (["test", "--all", "churn"], "--all"),
        (["test", "chrun", "--structure"], "did you mean churn?"),
        (["show", "chrun"], "did you mean churn?"),
        (["show", "churn", "--format", "png"], "invalid choice"),
        (["show", "churn", "--out", "conf/config.yaml/x"], "cannot be written"),
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
    assert "is taken by another program" in done.err
    assert "--port" in done.err


def test_list_as_json(mixed: Sandbox) -> None:
    rows = {row["pipeline"]: row for row in mixed.headrace("dags", "list", "--json").document["pipelines"]}

    assert (rows["churn"]["schedule"], rows["churn"]["next_run"], rows["churn"]["tasks"]) == ("by hand", None, 8)
    assert re.search(r"T06:00:00-0[45]:00$", rows["nightly"]["next_run"])
    assert (rows["broken"]["state"], rows["broken"]["problems"]) == ("broken", 1)


@pytest.mark.parametrize("verb", [["list"], ["show", "churn"], ["show", "churn", "--format", "svg"]])
def test_looking_needs_no_airflow(project: Sandbox, verb: list[str]) -> None:
    block = "import sys; sys.modules['airflow'] = None; from headrace.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", block, "dags", *verb],
        cwd=project.root,
        env=project.environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "churn" in done.stdout


def test_show_draws_the_graph_and_tells_the_next_runs_in_the_pipelines_zone(mixed: Sandbox) -> None:
    done = mixed.headrace("dags", "show", "nightly", "--after", "2026-03-06T12:00:00Z")

    assert done.code == 0, done.err
    assert "○ │ track   none_failed" in done.out
    assert done.out.index("○ │ ingest") < done.out.index("○ │ train") < done.out.index("○ │ track")
    last = done.out.splitlines()[-5:]
    assert last[0].strip() == "Sat 2026-03-07 06:00 EST"
    assert "Sun 2026-03-08 06:00 EDT  clocks have gone forward 1 h" in last[1]


@pytest.mark.parametrize(
    ("after", "first"),
    [
        ("2026-03-06", "Fri 2026-03-06 06:00 EST"),
        ("2026-03-06T06:00", "Sat 2026-03-07 06:00 EST"),
        ("2026-03-06T06:00Z", "Fri 2026-03-06 06:00 EST"),
        ("2026-03-06T12:00+00:00", "Sat 2026-03-07 06:00 EST"),
    ],
)
def test_a_day_begins_in_the_pipelines_zone(mixed: Sandbox, after: str, first: str) -> None:
    document = mixed.headrace("dags", "show", "nightly", "--after", after)

    assert document.out.splitlines()[-5].strip() == first


def test_show_as_json_and_into_a_file(mixed: Sandbox) -> None:
    document = mixed.headrace("dags", "show", "nightly", "--format", "json").document
    done = mixed.headrace("dags", "show", "nightly", "--format", "svg", "--out", "out/nightly.svg")

    assert ["ingest", "split"] in document["edges"]
    assert document["tasks"]["track"]["options"]["trigger_rule"] == "none_failed"
    assert len(document["next_runs"]) == 5
    assert done.out == "wrote out/nightly.svg\n"
    assert (mixed.root / "out" / "nightly.svg").read_text().startswith("<svg ")


def test_a_broken_pipeline_is_not_shown_but_explained(mixed: Sandbox) -> None:
    done = mixed.headrace("dags", "show", "broken")

    assert done.code == 2
    assert "conf/pipeline/broken.yaml:15:1: error HR140" in done.err


def test_check_as_json_and_junit_with_jinja_of_somebody(mixed: Sandbox) -> None:
    text = (
        "from airflow.sdk import DAG, BaseOperator, literal\n"
        "class Shell(BaseOperator):\n"
        "    template_fields, template_ext = ('words', 'env'), ('.tpl',)\n"
        "    def __init__(self, words, env=None, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        self.words, self.env = words, env\n"
        "with DAG('own', schedule='30 2 * * *'):\n"
        "    Shell(task_id='good', words=['plain', literal('{{ kept }}')])\n"
        "    Shell(task_id='bad', words='x', env={'a': ['{{ var.value.secret }}']})\n"
        "    Shell.partial(task_id='many', words='y').expand(env=[{'a': '{% if %}'}])\n"
    )
    mixed.write("dags/own.py", text)
    try:
        done = mixed.headrace("dags", "check", "--format", "json")
        report = mixed.headrace("dags", "check", "--format", "junit", "--out", "dags.xml")
    finally:
        (mixed.root / "dags" / "own.py").unlink()

    found = [problem for problem in done.document["problems"] if problem["code"] == "HR713"]
    assert [problem["file"] for problem in found] == ["dags/own.py", "dags/own.py"]
    assert "env of task bad holds '{{ var.value.secret }}'" in found[0]["message"]
    assert "task many" in found[1]["message"]
    assert done.code == report.code == 1
    suite = ElementTree.fromstring((mixed.root / "dags.xml").read_bytes())[0]
    failed = {(case.attrib["classname"], case.attrib["name"]) for case in suite if case.find("failure") is not None}
    assert failed == {("broken", "compiles"), ("bad_cron", "compiles"), ("own", "templates")}
    (place,) = (
        case.attrib for case in suite if case.attrib["classname"] == "broken" and case.find("failure") is not None
    )
    assert (place["file"], place["line"]) == ("conf/pipeline/broken.yaml", "15")


def test_a_terminal_without_lines_gets_signs_that_it_has(mixed: Sandbox) -> None:
    done = mixed.headrace("dags", "show", "nightly", PYTHONIOENCODING="ascii")

    assert done.code == 0, done.err
    assert done.out.isascii()
    assert "\n| |\no | evaluate\n" in done.out
