"""Parts of a pipeline that were written for different reasons, in one DAG: right, or refused with a place."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_runs import load_in_airflow
from projects import CHURN_PIPELINE, churn_project

EACH = """\
# @package _global_
defaults:
  - /dataset: churn
  - /model: logistic_regression
  - _self_
for_each: {plan: [basic, plus]}
dataset: {where: {plan: "${each:plan}"}}
task: binary
target: {column: left, positive: "yes"}
features: {numeric: [age, calls]}
split: {method: time, column: day, test: 20d, validation: 10d}
metrics: [roc_auc, log_loss]
gates: [{metric: roc_auc, min: 0.6}]
"""
AUTO = "runtime: {fuse: auto}\n"
LIST = "runtime: {fuse: [[gate, register, promote]]}\n"


def tasks(**written: str) -> str:
    """Added tasks that do nothing, with what is written for each besides."""
    empty = "operator: airflow.providers.standard.operators.empty.EmptyOperator"
    return "tasks:\n" + "".join(f"  {name}: {{{empty}, {more}}}\n" for name, more in written.items())


#: Name -> (pipeline, edges that it must have).
RIGHT: dict[str, tuple[str, dict[str, list[str]]]] = {
    "each_before": (EACH + tasks(t="before: ingest"), {"t": ["ingest"]}),
    "each_shared": (EACH + tasks(t="after: ingest, before: train"), {"ingest": ["split", "t"], "t": ["train"]}),
    "each_after": (EACH + tasks(t="after: promote, trigger_rule: all_done"), {"promote": ["t", "track"], "t": []}),
    "each_fused": (EACH + "runtime: {fuse: [[train, evaluate]]}\n", {"split": ["train_to_evaluate"]}),
    "each_fused_whole": (EACH + "runtime: {fuse: true}\n", {"all_stages": ["summary"]}),
    "each_auto": (EACH + AUTO, {"split": ["train"], "train": ["evaluate_to_track"]}),
    "box_makes_room": (CHURN_PIPELINE + tasks(model="after: gate"), {"gate": ["model", "register"]}),
    "each_grouped": (EACH + tasks(t="after: ingest, group: data"), {"ingest": ["split", "t"]}),
    "each_params": (EACH + "params: {rounds: {at: model.params.max_iter}}\n", {"track": ["summary"]}),
    "auto_between": (
        CHURN_PIPELINE + AUTO + tasks(t="after: gate, before: promote"),
        {"evaluate_to_gate": ["register", "t"], "t": ["promote_to_track"]},
    ),
    "whole_around": (
        CHURN_PIPELINE + "runtime: {fuse: true}\n" + tasks(t="before: train", u="after: gate"),
        {"t": ["all_stages"], "all_stages": ["u"]},
    ),
    "list_around": (CHURN_PIPELINE + LIST + tasks(t="after: promote"), {"gate_to_promote": ["t", "track"]}),
    "grouped_between": (
        CHURN_PIPELINE + tasks(t="after: gate, before: promote", u="after: track, group: release"),
        {"t": ["promote"], "track": ["u"]},
    ),
    "roles_around": (
        CHURN_PIPELINE + LIST + tasks(t="before: promote, role: setup", u="after: [t, promote], role: teardown"),
        {"t": ["gate_to_promote", "u"], "gate_to_promote": ["track", "u"]},
    ),
    "roles_and_rejection": (
        CHURN_PIPELINE
        + tasks(
            t="before: promote, role: setup", ok="after: gate, before: promote", u="after: [t, promote], role: teardown"
        ),
        {"t": ["promote", "u"]},
    ),
    "days_params": (
        CHURN_PIPELINE + 'schedule: {cron: "@daily", partition: {by: day}}\nparams: {window: {at: split.test}}\n',
        {"ingest": ["split"]},
    ),
}
#: Name -> (pipeline, code, key whose place is named).
REFUSED = {
    "between_members": (EACH + tasks(t="after: gate, before: promote"), "HR366", "  t:"),
    "chain_between_members": (EACH + tasks(t="after: gate", u="after: t, before: promote"), "HR366", "  t:"),
    "between_fused_members": (
        EACH + "runtime: {fuse: [[ingest, split, train]]}\n" + tasks(t="after: split, before: evaluate"),
        "HR366",
        "  t:",
    ),
    "summary_is_taken": (EACH + tasks(summary="after: ingest"), "HR359", "  summary:"),
    "members_is_taken": (EACH + tasks(t="after: ingest, group: members"), "HR359", "  t:"),
    "whole_is_taken": (
        CHURN_PIPELINE + "runtime: {fuse: true}\n" + tasks(all_stages="before: []"),
        "HR359",
        "  all_stages:",
    ),
    "pair_is_taken": (CHURN_PIPELINE + LIST + tasks(t="after: ingest, group: gate_to_promote"), "HR359", "  t:"),
    "within_a_list": (CHURN_PIPELINE + LIST + tasks(t="after: gate, before: promote"), "HR358", "  t:"),
    "within_the_whole": (
        CHURN_PIPELINE + "runtime: {fuse: true}\n" + tasks(t="after: gate, before: promote"),
        "HR358",
        "  t:",
    ),
    "box_on_both_sides": (
        CHURN_PIPELINE + tasks(t="before: ingest, group: x", u="after: track, group: x"),
        "HR358",
        "  t:",
    ),
    "drawn_on_both_sides": (CHURN_PIPELINE + tasks(t="before: ingest, group: model"), "HR358", "  t:"),
    "setup_of_track": (CHURN_PIPELINE + tasks(t="before: track, role: setup"), "HR363", "  t:"),
    "teardown_with_a_rule": (
        CHURN_PIPELINE + tasks(t="after: track, role: teardown, trigger_rule: all_done"),
        "HR144",
        "  t:",
    ),
    "blackout_of_data": (
        CHURN_PIPELINE + "schedule: {depends_on: {model: churn}, blackout: [{start: 2024-12-24, end: 2024-12-27}]}\n",
        "HR303",
        "schedule:",
    ),
}


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = churn_project(tmp_path_factory.mktemp("interplay") / "project")
    for name, (text, *_) in {**RIGHT, **REFUSED}.items():
        project.write(f"conf/pipeline/{name}.yaml", text)
    project.headrace("compile")
    loaded = load_in_airflow(project)
    assert loaded["errors"] == {}
    checked = project.headrace("dags", "check", "--format", "json").document
    return {**loaded["dags"], "": checked}


@pytest.mark.parametrize("name", RIGHT)
def test_what_goes_together_has_the_right_edges(dags: dict[str, Any], name: str) -> None:
    assert "broken" not in dags[name]["tags"], dags[name]["doc_md"][:1000]
    told = [task["__var"] for task in dags[name]["tasks"]]
    edges = {task["task_id"]: sorted(task.get("downstream_task_ids", [])) for task in told}

    assert edges.items() >= RIGHT[name][1].items()


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_is_refused_where_it_is_written(dags: dict[str, Any], name: str) -> None:
    text, code, key = REFUSED[name]
    line = next(number for number, written in enumerate(text.splitlines(), 1) if written.startswith(key))

    assert "broken" in dags[name]["tags"]
    assert f"conf/pipeline/{name}.yaml:{line}:" in dags[name]["doc_md"]
    assert f"error {code}: " in dags[name]["doc_md"]


def test_the_check_has_no_more_to_say(dags: dict[str, Any]) -> None:
    """Every broken one, and nothing else, is told of, with what is wrong with it."""
    told = {
        (problem["pipeline"], problem["code"]) for problem in dags[""]["problems"] if problem["severity"] == "error"
    }

    assert told == {(name, code) for name, (_, code, _) in REFUSED.items()}
