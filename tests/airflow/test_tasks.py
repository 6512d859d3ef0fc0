"""Added tasks in runs through Airflow's own `dag.test()`: files awaited, functions called, people asked.

The stages are scripted at the process boundary; Airflow, its operators, the answers and the database are real.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from airflow_runs import RunSeen, copy_database, project_of
from headrace_airflow.local.settings import airflow_home
from people import dags_test_with_people
from projects import CHURN_PIPELINE, Sandbox, churn_project
from scripted_stages import ScriptedStages

HOOKS = '''\
"""What the project does besides."""

import json
import pathlib

from airflow.sdk import task


def _note(name, **facts):
    with open(pathlib.Path(__file__).parent / "notes.jsonl", "a") as file:
        file.write(json.dumps({"name": name, **facts}) + "\\n")


def refresh(table: str, days: int = 1, run_id=None, **rest):
    rest = {key: rest[key] for key in ("since", "lines")}
    _note("refresh", table=table, days=days, run_id=run_id, rest=rest)
    return {"rows": 3}


def cities():
    return ["Berlin", "Paris"]


def score(city: str, text: str, told=None):
    _note("score", city=city, text=text, told=told)


@task.branch
def pick(choice: str):
    return choice


def left():
    _note("left")


def right():
    _note("right")


@task.short_circuit(ignore_downstream_trigger_rules=False)
def is_new(new: bool):
    return new


def apply(answer):
    _note("apply", chosen=answer["chosen_options"], entered=answer["params_input"])
'''
OPERATORS = """\
from airflow.sdk import BaseOperator
from datetime import timedelta

from shop.hooks import _note


class NoteOperator(BaseOperator):
    template_fields = ("city", "told")
    template_ext = (".sh",)

    def __init__(self, city: str, wait: timedelta, told=None, **kwargs):
        super().__init__(**kwargs)
        self.city, self.told, self.seconds = city, told, wait.total_seconds()

    def execute(self, context):
        _note("operator", city=self.city, told=self.told, seconds=self.seconds)
"""
HITL = "airflow.providers.standard.operators.hitl"
APPROVE = f"""
tasks:
  approve:
    operator: {HITL}.ApprovalOperator
    args: {{subject: "Promote? {{{{ var.value.x }}}}", body: "$(id)\\nnotes.md", response_timeout: %s}}
    after: gate
    before: promote
  tell: {{function: shop.hooks.left, after: promote}}
  always: {{function: shop.hooks.right, after: track}}
"""
WORK = """
tasks:
  wait_for_file:
    operator: airflow.providers.standard.sensors.filesystem.FileSensor
    args: {filepath: data/customers.csv, poke_interval: 1s, timeout: 20s, fs_conn_id: here}
    before: ingest
  refresh:
    function: shop.hooks.refresh
    args: {table: "{{ var.value.x }}", since: {run: as_of}, lines: "a'b\\"c\\n; rm -rf / $(id) run.sh"}
    inlets: [nobodys, {name: orders, uri: "s3://lake/orders"}]
    outlets: ["plain://lake", {name: scores, uri: "s3://lake/scores"}]
    after: split
    before: train
  cities: {function: shop.hooks.cities, after: split}
  each_city:
    function: shop.hooks.score
    args: {text: "{{ 7 * 7 }}", told: {from: refresh}}
    expand: {city: {from: cities}}
    map_index: city
    group: hand_over
  pick: {function: shop.hooks.pick, args: {choice: left}, after: track}
  left: {function: shop.hooks.left, after: pick, group: hand_over}
  right: {function: shop.hooks.right, after: pick, group: hand_over}
"""
NOTHING_NEW = """
tasks:
  is_new: {function: shop.hooks.is_new, args: {new: false}, before: ingest}
"""
ENTRY = f"""
tasks:
  ask:
    operator: {HITL}.HITLEntryOperator
    args: {{subject: How many?, params: {{rows: 5}}}}
    after: track
  apply: {{function: shop.hooks.apply, args: {{answer: {{from: ask}}}}}}
"""
MAPPED = f"""
tasks:
  each:
    operator: shop.operators.NoteOperator
    args: {{wait: 90s, told: [{{run: run_id}}, "{{{{ 7 * 7 }}}}"]}}
    expand: {{city: ["{{{{ 7 * 7 }}}}", run.sh]}}
    after: split
  sets: {{function: shop.hooks.score, expand_kwargs: [{{city: A, text: x}}, {{city: B, text: "{{{{ 7 * 7 }}}}"}}]}}
  choose:
    operator: {HITL}.HITLBranchOperator
    args: {{subject: Which?, options: [left, right]}}
    after: track
  left: {{function: shop.hooks.left, after: choose}}
  right: {{function: shop.hooks.right, after: choose}}
"""
GATES = [{"passed": False, "reason": "roc_auc 0.61 is below 0.65 by 0.04"}]
REFUSAL = {"exit": 3, "document": {"stage": "gate", "status": "refused", "facts": {"gates": GATES}}}
PIPELINES = {
    "work": WORK,
    "nothing_new": NOTHING_NEW,
    "approved": APPROVE % "1d",
    "rejected": APPROVE % "1d",
    "expired": APPROVE % "1s",
    "refused": APPROVE % "1d",
    "entered": ENTRY,
    "mapped": MAPPED,
}
ANSWERS: dict[str, tuple[list[str], dict[str, object]]] = {
    "approved": (["Approve"], {}),
    "rejected": (["Reject"], {}),
    "entered": (["OK"], {"rows": 7}),
    "mapped": (["right"], {}),
}


@dataclass(frozen=True)
class Ran:
    project: Sandbox
    stages: ScriptedStages
    results: dict[str, RunSeen]
    asked: list[list[str]]

    def notes(self, name: str) -> list[dict[str, Any]]:
        lines = (self.project.root / "src/shop/notes.jsonl").read_text().splitlines()
        return [note for note in map(json.loads, lines) if note["name"] == name]

    def words(self, pipeline: str, stage: str) -> list[str]:
        """What came after the plan's digest where that stage was started."""
        (call,) = self.stages.calls(pipeline, stage)
        return list(call["argv"][8:])

    def stages_of(self, pipeline: str) -> list[str]:
        return [call["argv"][4] for call in self.stages.calls(pipeline)]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Ran:
    project = churn_project(tmp_path_factory.mktemp("tasks") / "project")
    (project.root / "conf/pipeline/churn.yaml").unlink()
    copy_database(migrated, project)
    stages = ScriptedStages.install(project, {"refused": {"gate": [REFUSAL]}})
    project.write("src/shop/hooks.py", HOOKS)
    project.write("src/shop/operators.py", OPERATORS)
    for name, text in PIPELINES.items():
        project.write(f"conf/pipeline/{name}.yaml", CHURN_PIPELINE + "runtime: {python: bin/python}\n" + text)
    results, asked = dags_test_with_people(project, list(PIPELINES), ANSWERS, AIRFLOW_CONN_HERE=_connection(project))
    return Ran(project, stages, results, asked)


def _connection(project: Sandbox) -> str:
    return json.dumps({"conn_type": "fs", "extra": {"path": str(project.root)}})


def test_what_comes_before_between_and_after_the_stages_runs_there(ran: Ran) -> None:
    seen = ran.results["work"]

    assert seen.code == 0, seen.out
    assert seen.states == {
        **dict.fromkeys(["wait_for_file", "ingest", "split", "refresh", "train", "evaluate", "gate"], "success"),
        **dict.fromkeys(["register", "promote", "track", "cities", "pick", "left"], "success"),
        **dict.fromkeys(["each_city[Berlin]", "each_city[Paris]"], "success"),
        "right": "skipped",
    }
    order = list(seen.states)
    assert order.index("wait_for_file") < order.index("ingest")
    assert order.index("split") < order.index("refresh") < order.index("train")


def test_text_reaches_a_function_as_it_was_written(ran: Ran) -> None:
    (told,) = ran.notes("refresh")

    assert told["table"] == "{{ var.value.x }}"
    assert told["rest"]["lines"] == "a'b\"c\n; rm -rf / $(id) run.sh"
    assert told["days"] == 1
    assert told["run_id"].startswith("manual__")


def test_a_task_runs_once_for_each_of_what_another_returned(ran: Ran) -> None:
    notes = [note for note in ran.notes("score") if note["told"]]
    told = [{key: note[key] for key in ("city", "text", "told")} for note in notes]

    both = [{"city": city, "text": "{{ 7 * 7 }}", "told": {"rows": 3}} for city in ("Berlin", "Paris")]
    assert sorted(told, key=lambda each: each["city"]) == both


def test_the_copies_are_named_after_their_argument(ran: Ran) -> None:
    database = airflow_home(project_of(ran.project), "check") / "airflow.db"
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT rendered_map_index FROM task_instance WHERE task_id = 'each_city'").fetchall()

    assert sorted(name for (name,) in rows) == ["Berlin", "Paris"]


def test_what_reads_and_updates_assets_is_told_as_airflow_knows_them(ran: Ran) -> None:
    """Airflow ends a task that reads a reference to nothing, and tells nobody of one that it updates."""
    events = "SELECT name, uri FROM asset_event JOIN asset ON asset_id = asset.id WHERE source_task_id = 'refresh'"
    inlets = "SELECT name, uri FROM task_inlet_asset_reference JOIN asset ON asset_id = asset.id"

    assert rows(ran, events) == {("plain://lake", "plain://lake/"), ("scores", "s3://lake/scores")}
    assert rows(ran, inlets) == {("nobodys", "nobodys"), ("orders", "s3://lake/orders")}


def rows(ran: Ran, query: str) -> set[tuple[str, ...]]:
    database = airflow_home(project_of(ran.project), "check") / "airflow.db"
    with closing(sqlite3.connect(database)) as connection:
        return set(connection.execute(query).fetchall())


def test_no_template_is_rendered_in_what_airflow_shows(ran: Ran) -> None:
    database = airflow_home(project_of(ran.project), "check") / "airflow.db"
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT rendered_fields FROM rendered_task_instance_fields").fetchall()

    shown = "\n".join(str(fields) for (fields,) in found)
    assert "{{ var.value.x }}" in shown
    assert "{{ 7 * 7 }}" in shown
    assert '"49"' not in shown


def test_an_approval_lets_the_promotion_happen(ran: Ran) -> None:
    seen = ran.results["approved"]

    assert seen.code == 0
    assert seen.states["approve"] == seen.states["promote"] == seen.states["tell"] == "success"
    assert ["approved", "approve", "Promote? {{ var.value.x }}", "$(id)\nnotes.md"] in ran.asked
    assert not any(word.startswith("--skipped") for word in ran.words("approved", "track"))


def test_a_rejection_skips_the_promotion_and_is_tracked_without_it(ran: Ran) -> None:
    """The stage that tracks makes again what it lacks; of the promotion it is told that it must not."""
    seen = ran.results["rejected"]

    assert seen.code == 0
    assert {name: seen.states[name] for name in ("approve", "promote", "tell", "track", "always")} == {
        "approve": "success",
        "promote": "skipped",
        "tell": "skipped",
        "track": "success",
        "always": "success",
    }
    assert "promote" not in ran.stages_of("rejected")
    assert "--skipped=promote" in ran.words("rejected", "track")


def test_without_an_answer_in_time_the_run_fails_and_the_champion_stays(ran: Ran) -> None:
    seen = ran.results["expired"]

    assert seen.code == 1
    assert seen.states["approve"] == "failed"
    assert seen.states["promote"] == "upstream_failed"
    assert "expired failed at approve" in seen.out
    assert "the champion stays" in seen.out


def test_nobody_is_asked_about_what_a_gate_refused(ran: Ran) -> None:
    seen = ran.results["refused"]

    assert seen.code == 0
    assert "refused" not in {pipeline for pipeline, *_ in ran.asked}
    skipped = {name for name, state in seen.states.items() if state == "skipped"}
    assert skipped == {"approve", "register", "promote", "tell"}
    assert seen.states["always"] == "success"


def test_a_run_that_has_nothing_to_do_tracks_nothing(ran: Ran) -> None:
    seen = ran.results["nothing_new"]

    assert seen.code == 0
    states = seen.states
    assert states.pop("is_new") == "success"
    assert set(states.values()) == {"skipped"}
    assert ran.stages_of("nothing_new") == []


def test_what_a_person_enters_reaches_a_function(ran: Ran) -> None:
    assert ran.results["entered"].code == 0
    assert [(note["chosen"], note["entered"]) for note in ran.notes("apply")] == [(["OK"], {"rows": 7})]


def test_text_stays_text_in_the_copies_of_an_operator_too(ran: Ran) -> None:
    notes = sorted(ran.notes("operator"), key=lambda note: str(note["city"]))

    assert [note["city"] for note in notes] == ["run.sh", "{{ 7 * 7 }}"]
    assert {note["seconds"] for note in notes} == {90.0}
    assert all(note["told"][0].startswith("manual__") and note["told"][1] == "{{ 7 * 7 }}" for note in notes)


def test_each_copy_may_have_a_whole_set_of_arguments(ran: Ran) -> None:
    told = {(note["city"], note["text"]) for note in ran.notes("score") if note["told"] is None}

    assert told == {("A", "x"), ("B", "{{ 7 * 7 }}")}


def test_a_person_chooses_the_branch(ran: Ran) -> None:
    states = ran.results["mapped"].states

    assert (states["left"], states["right"]) == ("skipped", "success")
