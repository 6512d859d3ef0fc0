"""`headrace dags diff`, against commits of a real repository."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from headrace.errors import UsageError
from headrace_airflow.commands.diff.command import EXIT_EFFECT, compare, diff_dags
from headrace_airflow.commands.diff.formats import FORMATS
from projects import CHURN_DATASET, CHURN_PIPELINE, Sandbox, copy_of_repository
from repositories import NOW, Repository, git

GOLDEN = Path(__file__).parent / "golden"
DAILY = 'schedule: {cron: "0 6 * * *", timezone: Europe/Berlin}\n'


def _repository(root: Path) -> Repository:
    project = copy_of_repository(root, pipelines=[])
    for name in ("stays", "goes", "slower", "breaks", "seeded"):
        project.write(f"conf/pipeline/{name}.yaml", CHURN_PIPELINE + DAILY)
    project.write("conf/dataset/churn.yaml", CHURN_DATASET)
    project.write(".gitignore", ".headrace\n")
    git(root, "init", "--quiet", "--initial-branch=main")
    made = Repository(root, root)
    made.commit("the first")
    return made


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """One DAG of each kind of change, and one that stays."""
    made = _repository(tmp_path_factory.mktemp("diff") / "project")
    project = Sandbox(made.root)
    (made.root / "conf/pipeline/goes.yaml").unlink()
    project.write("conf/pipeline/comes.yaml", CHURN_PIPELINE)
    weekly = 'schedule: {cron: "0 5 * * 1", timezone: Europe/Berlin, max_active_runs: 2}\nruntime: {retries: 7}\n'
    project.write("conf/pipeline/slower.yaml", CHURN_PIPELINE + weekly)
    project.write("conf/pipeline/breaks.yaml", CHURN_PIPELINE + DAILY + "modle: ridge\n")
    project.write("conf/pipeline/seeded.yaml", CHURN_PIPELINE + DAILY + "seed: 99\n")
    return made


def test_each_kind_of_change_has_its_state(changed: Repository) -> None:
    diff = compare(changed.project, "HEAD", NOW)

    states = {dag.name: dag.state for dag in diff.dags}
    expected = {"breaks": "breaks", "comes": "added", "goes": "removed", "seeded": "changed", "slower": "changed"}
    assert states == expected
    assert diff.unchanged == 1
    assert {dag.name for dag in diff.dags if dag.is_plan_only} == {"seeded"}


def test_members_that_come_bring_their_summary(tmp_path: Path) -> None:
    made = _repository(tmp_path / "project")
    each = 'for_each: {plan: [basic, plus]}\ndataset: {where: {plan: "${each:plan}"}}\n'
    Sandbox(made.root).write("conf/pipeline/slower.yaml", CHURN_PIPELINE + DAILY + each)

    (dag,) = compare(made.project, "HEAD", NOW).dags

    assert ("summary", "added") in {(task.name, task.fate) for task in dag.tasks}
    assert ("track", "summary") in {(before.rpartition(".")[2], after) for before, after in dag.edges_added}


@pytest.mark.parametrize(("form", "name"), [("text", "diff.txt"), ("markdown", "diff.md")])
def test_it_is_told_as_it_was_reviewed(changed: Repository, form: str, name: str) -> None:
    diff = compare(changed.project, "HEAD", NOW)
    found = FORMATS[form](diff).replace(diff.commit[:10], "COMMIT")
    for dag in diff.dags:
        for label, digest in (("BEFORE", dag.plan_before), ("AFTER", dag.plan_after)):
            found = found.replace((digest or "-")[:12], f"{label}-of-{dag.name}") if digest else found
    golden = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found)

    assert found == golden.read_text()


def test_the_document_has_every_changed_argument(changed: Repository) -> None:
    document = json.loads(FORMATS["json"](compare(changed.project, "HEAD", NOW)))

    slower = next(dag for dag in document["dags"] if dag["name"] == "slower")
    assert slower["fields"] == [{"path": "max_active_runs", "before": None, "after": "2"}]
    assert {task["name"] for task in slower["tasks"]} >= {"ingest", "train", "track"}
    assert all(task["fields"] == [{"path": "options.retries", "before": "2", "after": "7"}] for task in slower["tasks"])
    assert next(moment["local"] for moment in slower["schedule"]["next_after"]).startswith("2026-03-30 05:00")


def test_the_exit_code_says_whether_something_breaks(changed: Repository, tmp_path: Path) -> None:
    out = tmp_path / "sub" / "diff.json"

    assert diff_dags(changed.project, "HEAD", NOW, "json", out) == 1
    assert json.loads(out.read_text())["against"] == "HEAD"


def test_nothing_changes_and_something_does(tmp_path: Path) -> None:
    made = _repository(tmp_path / "project")
    out = tmp_path / "out"

    assert diff_dags(made.project, None, NOW, "text", out) == 0
    assert "no DAG changes; 5 DAGs unchanged" in out.read_text()
    Sandbox(made.root).edit("conf/pipeline/goes.yaml", "0 6", "0 7")
    assert diff_dags(made.project, None, NOW, "text", out) == EXIT_EFFECT


def test_an_edge_that_changes_is_told(tmp_path: Path) -> None:
    made = _repository(tmp_path / "project")
    text = CHURN_PIPELINE[: CHURN_PIPELINE.index("gates:")] + DAILY
    Sandbox(made.root).write("conf/pipeline/goes.yaml", text)

    (found,) = compare(made.project, None, NOW).dags

    names = {task.name: task.fate for task in found.tasks}
    assert names.get("gate") in (None, "removed")
    assert bool(found.edges_removed) == ("gate" in names)


def test_a_commit_that_is_not_there(changed: Repository) -> None:
    with pytest.raises(UsageError, match="no commit mian"):
        compare(changed.project, "mian", NOW)
