"""What users' pipelines live through, under a real scheduler: real stages, a real registry, a real web server."""

from __future__ import annotations

import json
import time
import urllib.error
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from airflow_server import AirflowServer, airflow_server, aliases, champions, versions, wait
from broken_interpreters import broken_interpreter
from projects import CHURN_DATASET, CHURN_PIPELINE, Sandbox, churn_project
from webhooks import Inbox, inbox

pytestmark = pytest.mark.slow

FUSED = "fuse: true, retries: 0"
STRICT = CHURN_PIPELINE.replace("min: 0.6}", "min: 0.999}")
APPROVE = """\
tasks:
  approve:
    operator: airflow.providers.standard.operators.hitl.ApprovalOperator
    args: {subject: Promote this model?, response_timeout: %s}
    after: gate
    before: promote
runtime: {retries: 0, fuse: [[ingest, validate, split, train, evaluate]]}
"""
PARAMS = """\
params:
  iterations: {at: model.params.max_iter, min: 50, max: 2000}
  test_window: {at: split.test}
model: {params: {max_iter: 300}}
runtime: {fuse: false, retries: 2}
"""
EACH = """\
for_each: [{plan: basic, least: 0.6}, {plan: plus, least: 0.999}, {plan: gold, least: 0.6}]
dataset: {where: {plan: "${each:plan}"}}
gates: [{metric: roc_auc, min: "${each:least}"}]
runtime: {retries: 0}
"""
VALIDATION = """\
customers:
  columns:
    calls: {type: int, min: 0, max: 9}
"""


@dataclass(frozen=True)
class Factory:
    """The Airflow, the web server that is notified, and the runs that were started at the beginning."""

    server: AirflowServer
    box: Inbox
    begun: Mapping[str, str]

    @property
    def project(self) -> Sandbox:
        return self.server.project

    def end(self, dag: str) -> str:
        return self.server.end(dag, self.begun[dag])

    def states(self, dag: str) -> dict[str, str]:
        return self.server.states(dag, self.begun[dag])


def write_pipelines(project: Sandbox, hook: str) -> None:
    """One pipeline for each scenario, each with a model of its own."""
    (project.root / "conf/pipeline/churn.yaml").unlink()
    told = f'notify: [{{type: webhook, url: "{hook}/%s", events: [failed, refused, retrying, succeeded]}}]\n'
    broken_interpreter(project, "train", times=2)
    pipelines = {
        "flaky": CHURN_PIPELINE
        + "runtime: {python: bin/train_2/python, retries: 2, retry_delay: 1s, retry_backoff: false}\n",
        "fickle": CHURN_PIPELINE.replace("- _self_", "- override /validation: fickle\n  - _self_").replace(
            "/dataset: churn", "/dataset: fickle"
        ),
        "approved": CHURN_PIPELINE + APPROVE % "10m",
        "rejected": CHURN_PIPELINE + APPROVE % "10m",
        "unanswered": CHURN_PIPELINE + APPROVE % "15s",
        "strict": STRICT + f"runtime: {{{FUSED}}}\n",
        "source": CHURN_PIPELINE + f"runtime: {{{FUSED}}}\n",
        "after_strict": CHURN_PIPELINE + f"schedule: {{depends_on: {{model: strict}}}}\nruntime: {{{FUSED}}}\n",
        "after_source": CHURN_PIPELINE + f"schedule: {{depends_on: {{model: source}}}}\nruntime: {{{FUSED}}}\n",
        "opened": CHURN_PIPELINE + PARAMS,
        "plans": CHURN_PIPELINE.replace("categorical: [plan]", "categorical: []").partition("gates:")[0] + EACH,
        "busy": CHURN_PIPELINE
        + f"schedule: {{cron: '@daily', start: 2024-01-01, max_active_runs: 3}}\nruntime: {{{FUSED}}}\n",
    }
    for name, text in pipelines.items():
        project.write(f"conf/pipeline/{name}.yaml", text + told % name)
    project.write("conf/dataset/fickle.yaml", CHURN_DATASET.replace("customers.csv", "fickle.csv"))
    project.write("conf/validation/fickle.yaml", VALIDATION)
    project.write("data/fickle.csv", (project.root / "data/customers.csv").read_text())


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Factory]:
    project = churn_project(tmp_path_factory.mktemp("work") / "project")
    with inbox() as box:
        write_pipelines(project, box.address)
        with airflow_server(project) as server:
            names = ("approved", "rejected", "unanswered", "strict", "source", "flaky", "fickle")
            yield Factory(server, box, {name: server.trigger(name) for name in names})


class TestApproval:
    """A person is asked between the gate and the promotion."""

    def test_while_nobody_answers_the_run_waits_and_nothing_is_promoted(self, factory: Factory) -> None:
        for dag in ("approved", "rejected"):
            assert wait(300, lambda dag=dag: factory.states(dag).get("approve") == "awaiting_input"), factory.states(
                dag
            )
            assert factory.server.state(dag, factory.begun[dag]) == "running"
            assert factory.states(dag)["promote"] == "None"
        assert aliases(factory.project).keys().isdisjoint({"approved", "rejected"})

    def test_approved_the_model_is_promoted(self, factory: Factory) -> None:
        answer(factory, "approved", "Approve")

        assert factory.end("approved") == "success"
        assert aliases(factory.project)["approved"] == ["1"]

    def test_rejected_the_run_is_green_and_the_model_is_not_promoted(self, factory: Factory) -> None:
        answer(factory, "rejected", "Reject")

        assert factory.end("rejected") == "success"
        assert factory.states("rejected")["promote"] == "skipped"
        assert factory.states("rejected")["track"] == "success"
        assert "rejected" not in aliases(factory.project)

    def test_unanswered_in_time_the_run_fails_and_people_are_told(self, factory: Factory) -> None:
        assert factory.end("unanswered") == "failed"
        assert factory.states("unanswered")["approve"] == "failed"
        assert "unanswered" not in aliases(factory.project)
        assert [notice["event"] for notice in told(factory, "unanswered", 1)] == ["failed"]


class TestRetries:
    def test_a_stage_that_fails_twice_is_tried_again_and_succeeds(self, factory: Factory) -> None:
        assert factory.end("flaky") == "success", factory.states("flaky")
        tasks = factory.server.tasks("flaky", factory.begun["flaky"])
        assert tasks["train"]["try_number"] == 3
        assert {task["try_number"] for name, task in tasks.items() if name != "train"} == {1}
        assert versions(factory.project)["flaky"] == aliases(factory.project)["flaky"] == ["1"]

    def test_a_web_server_is_told_of_each_try_and_of_the_end(self, factory: Factory) -> None:
        notices = told(factory, "flaky", 3)

        assert [notice["event"] for notice in notices] == ["retrying", "retrying", "succeeded"]
        assert {notice["run_id"] for notice in notices} == {factory.begun["flaky"]}
        assert notices[0]["stage"] == "train"
        assert "SIGKILL" in notices[0]["message"]


class TestBadData:
    def test_it_stops_before_training_and_the_champion_stays(self, factory: Factory) -> None:
        assert factory.end("fickle") == "success", factory.states("fickle")
        before = aliases(factory.project)["fickle"], versions(factory.project)["fickle"]
        table = factory.project.root / "data/fickle.csv"
        table.write_text(table.read_text() + "late,2024-03-30,40,-7,basic,yes\n")

        run = factory.server.trigger("fickle")

        assert factory.server.end("fickle", run) == "failed"
        states = factory.server.states("fickle", run)
        assert states["validate"] == "failed"
        assert states["train"] == states["register"] == states["promote"] == "upstream_failed"
        assert (aliases(factory.project)["fickle"], versions(factory.project)["fickle"]) == before == (["1"], ["1"])

    def test_the_web_server_is_told_what_is_wrong_and_what_stays(self, factory: Factory) -> None:
        good, bad = told(factory, "fickle", 2)

        assert good["event"] == "succeeded"
        assert bad["event"] == "failed"
        assert bad["stage"] == "validate"
        assert "calls" in bad["message"]
        assert "stays" in bad["consequence"]
        assert "conf/validation/fickle.yaml" in bad["place"]


class TestDownstream:
    def test_it_runs_after_a_promotion(self, factory: Factory) -> None:
        assert factory.end("source") == "success"

        runs = wait(120, lambda: factory.server.runs("after_source"))

        assert [run["run_type"] for run in runs] == ["asset_triggered"]
        assert factory.server.end("after_source", runs[0]["dag_run_id"]) == "success"
        assert aliases(factory.project)["after_source"] == ["1"]

    def test_it_does_not_run_after_a_refusal(self, factory: Factory) -> None:
        assert factory.end("strict") == "success"
        assert [notice["event"] for notice in told(factory, "strict", 1)] == ["refused"]
        assert factory.end("source") == "success"  # whose downstream has been started meanwhile
        assert wait(120, lambda: factory.server.runs("after_source"))

        assert factory.server.runs("after_strict") == []
        assert "strict" not in aliases(factory.project)


class TestParameters:
    def test_a_run_is_started_with_other_values(self, factory: Factory) -> None:
        run = factory.server.trigger("opened", {"iterations": 60, "test_window": "10d"})

        assert factory.server.end("opened", run) == "success"
        (record,) = (each for each in records(factory.project) if each["pipeline"] == "opened")
        plan = json.loads((factory.project.home / f"store/plans/{record['plan']}.json").read_text())
        assert plan["spec"]["model"]["params"]["max_iter"] == 60
        assert plan["spec"]["split"]["test"] == "10d"

    def test_airflow_refuses_a_value_out_of_its_bounds(self, factory: Factory) -> None:
        with pytest.raises(urllib.error.HTTPError) as refused:
            factory.server.trigger("opened", {"iterations": 5})

        assert refused.value.code == 400
        assert "iterations" in refused.value.read().decode()

    def test_a_value_that_only_the_schema_knows_to_be_wrong_fails_before_anything_runs(self, factory: Factory) -> None:
        run = factory.server.trigger("opened", {"test_window": "0d"})  # well formed, and no time at all

        assert factory.server.end("opened", run) == "failed"
        tasks = factory.server.tasks("opened", run)
        assert (tasks["ingest"]["state"], tasks["ingest"]["try_number"]) == ("failed", 1)
        assert {task["state"] for name, task in tasks.items() if name != "ingest"} == {"upstream_failed"}
        assert "test_window" in factory.server.log("opened", run, "ingest")


class TestManyModels:
    def test_a_failing_member_stops_no_other(self, factory: Factory) -> None:
        run = factory.server.trigger("plans")

        assert factory.server.end("plans", run) == "failed"
        states = factory.server.states("plans", run)
        assert states["split[gold_0.6]"] == "failed", states
        assert states["promote[basic_0.6]"] == "success"
        assert states["track[plus_0.999]"] == "success"
        assert states["summary"] == "failed"
        assert {name: found for name, found in aliases(factory.project).items() if name.startswith("plans")} == {
            "plans_basic_0.6": ["1"]
        }


class TestAtOnce:
    """Two runs by Airflow and a local one, of one pipeline, at the same time."""

    def test_all_end_well_and_the_one_that_knows_most_is_champion(self, factory: Factory) -> None:
        wait(180, lambda: factory.server.runs("busy") and not active(factory, "busy"))  # the scheduled one
        days = ("2024-03-10", "2024-03-20")
        runs = [factory.server.trigger("busy", logical_date=f"{day}T00:00:00Z") for day in days]

        local = factory.project.run("busy", "--as-of", "2024-03-15")

        assert local["status"] == "done"
        assert [factory.server.end("busy", run) for run in runs] == ["success", "success"]
        champion = champions(factory.project)["busy"]
        assert champion > "2025"  # the scheduled run's, which has seen everything
        assert wait(60, lambda: not list((factory.project.home / "store" / "tmp").glob("*")))

    def test_an_earlier_run_that_ends_later_does_not_take_over(self, factory: Factory) -> None:
        before = aliases(factory.project)["busy"]

        run = factory.server.trigger("busy", logical_date="2024-03-05T00:00:00Z")

        assert factory.server.end("busy", run) == "success"
        assert aliases(factory.project)["busy"] == before
        assert len(versions(factory.project)["busy"]) == 5  # registered, all the same


def answer(factory: Factory, dag: str, choice: str) -> None:
    """What a person does under *Required Actions*."""
    path = f"dags/{dag}/dagRuns/{quote(factory.begun[dag])}/taskInstances/approve/-1/hitlDetails"
    factory.server.ask(path, {"chosen_options": [choice], "params_input": {}}, method="PATCH")


def told(factory: Factory, dag: str, count: int) -> list[dict[str, Any]]:
    """What the web server has heard of a pipeline, once that is enough; and nothing comes after it."""
    wait(60, lambda: len(factory.box.at(f"/{dag}")) >= count)
    time.sleep(2)
    return factory.box.at(f"/{dag}")


def active(factory: Factory, dag: str) -> bool:
    return any(run["state"] in {"queued", "running"} for run in factory.server.runs(dag))


def records(project: Sandbox) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((project.home / "store" / "runs").glob("*.json"))]
