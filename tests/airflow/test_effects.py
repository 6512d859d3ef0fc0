"""Every key of the schema that Airflow reads does something: in the stored DAG, or in what a task or a callback holds.

The table is held against the schema: a new key needs a line here. Where a line says nothing else, the key must change
what Airflow stores, documentation left out (it tells of every value).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
import yaml
from pydantic import BaseModel

from built_dags import build_in_airflow
from headrace.config.schema import holes, notifiers, tasks, triggers
from headrace.config.schema.dag import Dag
from headrace.config.schema.placement import Placement
from headrace.config.schema.runtime import Runtime, StageExecution
from headrace.config.schema.schedule import Schedule
from headrace.config.schema.spec import Spec
from headrace.plan.forms import parameter_forms
from headrace.plan.model import Plan
from headrace_airflow.backfill.cli import backfill_parser, request_of
from plans import FLIGHTS, open_plan, plan_of

#: Parts that no DAG is made from: they make stages, and lint, the plan and the stages' own tests look at them.
OF_STAGES = {
    *("dataset", "validation", "task", "target", "features", "split", "model", "data_roots", "metrics", "gates"),
    *("registry", "tracking", "seed", "home"),
}
#: What lint holds names against, and what a run fills in: see the tests of each.
OF_LINT = {"model_packages", "schedule_packages", "operator_packages", "member"}
#: Keys of this part are tried where they mean something: `spec/test_placement_keys.py`.
PLACED = set(Placement.model_fields)


class Line(NamedTuple):
    """What is written without the key and with it, and where it shows: `stored`, `facts` or `doc`."""

    before: str
    after: str
    where: str = "stored"


def schedule(after: str, before: str = "", where: str = "stored") -> Line:
    return Line(f"schedule: {{{before}}}", f"schedule: {{{before}{', ' if before else ''}{after}}}", where)


def runtime(after: str, where: str = "stored") -> Line:
    return Line("", f"runtime: {{{after}}}", where)


def stage(after: str, where: str = "stored") -> Line:
    return Line("", f"runtime: {{stages: {{train: {{{after}}}}}}}", where)


def dag(after: str, before: str = "", where: str = "stored") -> Line:
    return Line(f"dag: {{{before}}}" if before else "", f"dag: {{{after}}}", where)


FILE = "operator: airflow.providers.standard.sensors.filesystem.FileSensor, args: {filepath: /a}"
TRIGGER = "operator: airflow.providers.standard.operators.trigger_dagrun.TriggerDagRunOperator"


def task(after: str, before: str = FILE) -> Line:
    return Line(f"tasks: {{t: {{{before}}}}}", f"tasks: {{t: {{{after}}}}}")


def notify(after: str, before: str, where: str = "facts") -> Line:
    return Line(f"notify: [{{{before}}}]", f"notify: [{{{after}}}]", where)


def params(more: str = "") -> str:
    return f"seed: 9\nparams: {{rounds: {{at: seed{more}}}}}"


EXECUTION = {
    "retries": ("retries: 7", "stored"),
    "retry_on": ("retry_on: [locked]", "facts"),
    "retry_delay": ("retry_delay: 7m", "stored"),
    "retry_delays": ("retry_delays: {locked: 10s}", "facts"),
    "retry_backoff": ("retry_backoff: 1.5", "stored"),
    "max_retry_delay": ("max_retry_delay: 77m", "stored"),
    "timeout": ("timeout: 7h", "stored"),
    "pool": ("pool: gpu", "stored"),
    "pool_slots": ("pool_slots: 2", "stored"),
    "queue": ("queue: big", "stored"),
    "executor": ("executor: LocalExecutor", "stored"),
    "priority": ("priority: 9", "stored"),
    "weight_rule": ("weight_rule: absolute", "stored"),
    "depends_on_past": ("depends_on_past: true", "stored"),
    "wait_for_downstream": ("wait_for_downstream: true", "stored"),
    "max_active_tis_per_dag": ("max_active_tis_per_dag: 1", "stored"),
}
NAMING = {
    "owner": ("owner: somebody", "stored"),
    "display_name": ("display_name: Train", "stored"),
    "doc": ("doc: Ask somebody.", "doc"),
}
DAILY = 'cron: "@daily"'
NAMED = (
    "schedule: {timetable: {name: airflow.timetables.trigger.CronTriggerTimetable, params: {timezone: UTC, cron: %s}}}"
)
MAIL = "type: email, host: a.example, sender: a@a.example, to: [b@b.example]"
HOOK = 'type: webhook, url: "https://a.example"'
SLACK = 'type: slack, url: "https://a.example"'
TABLE: dict[str, Line] = {
    "Spec.name": Line("", "name: others"),
    "Spec.description": Line("", "description: Something else"),
    "Spec.owner": Line("", "owner: somebody"),
    "Spec.tags": Line("", "tags: [word]"),
    "Spec.for_each": Line("", 'for_each: {carrier: [UA, AA]}\ndataset: {where: {carrier: "${each:carrier}"}}'),
    "Spec.tasks": task(FILE, FILE)._replace(before=""),
    "Spec.notify": notify("type: log", "type: log")._replace(before="notify: []"),
    "Spec.params": Line("", params()),
    "Schedule.cron": schedule(DAILY),
    "Schedule.every": schedule("every: 6h"),
    "Schedule.continuous": schedule("continuous: true"),
    "Schedule.once": schedule("once: true"),
    "Timetable.name": schedule("timetable: {name: airflow.timetables.simple.OnceTimetable}"),
    "Timetable.params": Line(NAMED % "'0 1 * * *'", NAMED % "'0 2 * * *'"),
    "Schedule.assets": schedule("assets: orders"),
    "AssetTerm.name": schedule("assets: {name: orders}"),
    "AssetTerm.uri": schedule('assets: {uri: "s3://a/b"}'),
    "AssetTerm.alias": schedule("assets: {alias: daily}"),
    "AssetGroup.all": schedule("assets: {any: [x, {all: [a, b]}]}"),
    "AssetGroup.any": schedule("assets: {all: [x, {any: [a, b]}]}"),
    "AssetCondition.all": schedule("assets: {all: [a, b]}"),
    "AssetCondition.any": schedule("assets: {any: [a, b]}"),
    "Dependency.model": schedule("depends_on: {model: churn}"),
    "Dependency.dataset": schedule("depends_on: {dataset: churn}"),
    "Partition.by": schedule("partition: {by: day}", DAILY),
    "Partition.upstream": Line(
        "schedule: {depends_on: {dataset: churn}, partition: {by: month}}",
        "schedule: {depends_on: {dataset: churn}, partition: {by: month, upstream: day}}",
    ),
    "Schedule.enabled": schedule("enabled: false", DAILY),
    "Schedule.timezone": schedule("timezone: Europe/Berlin", DAILY),
    "Schedule.start": schedule("start: 2024-01-01", DAILY),
    "Schedule.end": schedule("end: 2030-01-01", DAILY),
    "Schedule.catchup": schedule("catchup: true", DAILY + ", start: 2024-01-01"),
    "Schedule.max_active_runs": schedule("max_active_runs: 3", DAILY),
    "Schedule.max_active_tasks": schedule("max_active_tasks: 3", DAILY),
    "Blackout.start": Line(
        f"schedule: {{{DAILY}, blackout: [{{start: 2024-12-24, end: 2024-12-27}}]}}",
        f"schedule: {{{DAILY}, blackout: [{{start: 2024-12-25, end: 2024-12-27}}]}}",
    ),
    "Blackout.end": Line(
        f"schedule: {{{DAILY}, blackout: [{{start: 2024-12-24, end: 2024-12-27}}]}}",
        f"schedule: {{{DAILY}, blackout: [{{start: 2024-12-24, end: 2024-12-28}}]}}",
    ),
    "Blackout.cron": schedule('blackout: [{cron: "0 22 * * 5", length: 60h}]', DAILY),
    "Blackout.length": Line(
        f'schedule: {{{DAILY}, blackout: [{{cron: "0 22 * * 5", length: 60h}}]}}',
        f'schedule: {{{DAILY}, blackout: [{{cron: "0 22 * * 5", length: 61h}}]}}',
    ),
    **{f"Runtime.{key}": runtime(text, where) for key, (text, where) in EXECUTION.items()},
    **{f"StageExecution.{key}": stage(text, where) for key, (text, where) in {**EXECUTION, **NAMING}.items()},
    "Runtime.fuse": runtime("fuse: auto"),
    "Runtime.stages": stage("retries: 9"),
    "Dag.display_name": dag("display_name: Flights!"),
    "Dag.doc": dag("doc: Call somebody.", where="doc"),
    "Dag.links": dag('links: {ml-team: "https://a.example"}'),
    "Dag.groups": dag("groups: none"),
    "Dag.paused": dag("paused: true"),
    "Dag.timeout": dag("timeout: 7h"),
    "Dag.max_consecutive_failed_runs": dag("max_consecutive_failed_runs: 3"),
    "Dag.max_active_tasks": dag("max_active_tasks: 3"),
    "Deadline.within": dag("deadlines: [{within: 3h}]"),
    "Deadline.after": dag("deadlines: [{within: 3h, after: logical_date}]", "deadlines: [{within: 3h}]"),
    "Deadline.runs": dag(
        "deadlines: [{within: 3h, after: average, runs: 4}]", "deadlines: [{within: 3h, after: average}]"
    ),
    "AddedTask.operator": task(FILE)._replace(before=""),
    "AddedTask.function": Line("", "tasks: {t: {function: shop.hooks.walk}}"),
    "AddedTask.args": task(FILE.replace("/a", "/b")),
    "AddedTask.expand": Line("", f"tasks: {{t: {{{TRIGGER}, expand: {{trigger_dag_id: [a, b]}}}}}}"),
    "AddedTask.expand_kwargs": Line("", f"tasks: {{t: {{{TRIGGER}, expand_kwargs: [{{trigger_dag_id: a}}]}}}}"),
    "AddedTask.map_index": task(
        f"{TRIGGER}, expand: {{trigger_dag_id: [a, b]}}, map_index: trigger_dag_id",
        f"{TRIGGER}, expand: {{trigger_dag_id: [a, b]}}",
    ),
    "AddedTask.before": task(f"{FILE}, before: ingest"),
    "AddedTask.after": task(f"{FILE}, after: gate"),
    "AddedTask.group": task(f"{FILE}, group: box"),
    "AddedTask.inlets": task(f'{FILE}, inlets: ["s3://a/b"]'),
    "AddedTask.outlets": task(f'{FILE}, outlets: ["s3://a/b"]'),
    "WholeAsset.name": task(
        f'{FILE}, outlets: [{{name: b, uri: "s3://a/b"}}]', f'{FILE}, outlets: [{{name: a, uri: "s3://a/b"}}]'
    ),
    "WholeAsset.uri": task(
        f'{FILE}, outlets: [{{name: a, uri: "s3://a/b"}}]', f'{FILE}, outlets: [{{name: a, uri: "s3://a/a"}}]'
    ),
    "AddedTask.trigger_rule": task(f"{FILE}, trigger_rule: all_done"),
    "AddedTask.role": task(f"{FILE}, role: teardown"),
    **{
        f"AddedTask.{key}": task(f"{FILE}, retries: 4, {text}", f"{FILE}, retries: 4")._replace(where=where)
        for key, (text, where) in {**EXECUTION, **NAMING}.items()
    },
    "AddedTask.retries": task(f"{FILE}, retries: 4"),
    "AddedTask.timeout": task(f"{FILE}, timeout: 9m"),
    "Parameter.at": Line(params(), params().replace("at: seed", "at: split.test")),
    "Parameter.title": Line(params(), params(", title: How strong")),
    "Parameter.description": Line(params(), params(", description: More is stronger")),
    "Parameter.min": Line(params(), params(", min: 5")),
    "Parameter.max": Line(params(), params(", max: 99")),
    "Parameter.choices": Line(params(), params(", choices: [2, 9]")),
    "LogNotifier.type": notify("type: log", "type: log")._replace(before="notify: []"),
    "LogNotifier.events": notify("type: log, events: [succeeded]", "type: log"),
    "WebhookNotifier.type": notify(HOOK, "type: log"),
    "WebhookNotifier.events": notify(f"{HOOK}, events: [retrying]", HOOK),
    "WebhookNotifier.url": notify(HOOK.replace("a.ex", "b.ex"), HOOK),
    "WebhookNotifier.timeout": notify(f"{HOOK}, timeout: 3s", HOOK),
    "EmailNotifier.type": notify(MAIL, "type: log"),
    "EmailNotifier.events": notify(f"{MAIL}, events: [retrying]", MAIL),
    "EmailNotifier.host": notify(MAIL.replace("host: a", "host: b"), MAIL),
    "EmailNotifier.port": notify(f"{MAIL}, port: 465", MAIL),
    "EmailNotifier.security": notify(f"{MAIL}, security: tls", MAIL),
    "EmailNotifier.sender": notify(MAIL.replace("a@a", "c@a"), MAIL),
    "EmailNotifier.to": notify(MAIL.replace("b@b", "c@b"), MAIL),
    "EmailNotifier.user": notify(f"{MAIL}, user: u", MAIL),
    "EmailNotifier.password": notify(f'{MAIL}, password: "${{secret:P}}"', MAIL),
    "EmailNotifier.timeout": notify(f"{MAIL}, timeout: 3s", MAIL),
    "SlackNotifier.type": notify(SLACK, "type: log"),
    "SlackNotifier.events": notify(f"{SLACK}, events: [retrying]", SLACK),
    "SlackNotifier.url": notify(SLACK.replace("a.ex", "b.ex"), SLACK),
    "SlackNotifier.connection": notify("type: slack, connection: alerts", SLACK),
    "SlackNotifier.timeout": notify(f"{SLACK}, timeout: 3s", SLACK),
    "FunctionNotifier.type": notify("type: function, name: a.b", "type: log"),
    "FunctionNotifier.events": notify("type: function, name: a.b, events: [retrying]", "type: function, name: a.b"),
    "FunctionNotifier.name": notify("type: function, name: a.c", "type: function, name: a.b"),
    "FunctionNotifier.timeout": notify("type: function, name: a.b, timeout: 3s", "type: function, name: a.b"),
}  # fmt: skip
#: What `headrace backfill` reads, and no DAG.
OF_BACKFILL = {"Backfill.max_active_runs", "Backfill.reprocess"}


def parts(annotation: Any) -> Iterator[type[BaseModel]]:
    """The parts of the schema in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from parts(inner)


def keys() -> set[str]:
    """Every key that Airflow reads, as `Part.key`; of a key that holds other parts, those parts' keys instead."""
    found = {f"Spec.{name}" for name in Spec.model_fields if name not in OF_STAGES | OF_LINT}
    found -= {"Spec.schedule", "Spec.runtime", "Spec.dag"}
    waiting: list[type[BaseModel]] = [Schedule, Runtime, StageExecution, Dag, tasks.AddedTask, holes.Parameter]
    waiting += parts(notifiers.Notifiers)
    seen: set[type[BaseModel]] = set()
    while waiting:
        part = waiting.pop()
        if part in seen:
            continue
        seen.add(part)
        for name, field in part.model_fields.items():
            is_placed = part in (Runtime, StageExecution) and name in PLACED
            inner = [*parts(field.annotation), *(each for meta in field.metadata for each in parts(meta))]
            waiting += [] if is_placed else inner
            owner = next(base for base in part.__mro__ if name in vars(base).get("__annotations__", {}))
            holder = triggers.AssetTerm if owner is triggers.AssetTerm else part
            holds_others = bool(inner) and name not in ("assets", "all", "any", "stages", "inlets", "outlets")
            if not is_placed and not holds_others:
                found.add(f"{holder.__name__}.{name}")
    return found


def plan(text: str) -> Plan:
    written = yaml.safe_load(text) or {}
    for name in ("runtime", "dag"):
        written[name] = {**({} if name == "dag" else {"retries": 3}), **written.get(name, {})}
    if "for_each" in written:
        return open_plan(**{**written, "dataset": {**FLIGHTS["dataset"], **written["dataset"]}})
    made = plan_of(**written)
    return replace(made, forms=parameter_forms(made, Path()))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    texts = {text for line in TABLE.values() for text in (line.before, line.after)}
    hooks = "def walk(): ...\n"
    return build_in_airflow(tmp_path_factory.mktemp("effects"), {text: plan(text) for text in sorted(texts)}, hooks)


def test_every_key_that_airflow_reads_is_in_the_table() -> None:
    assert keys() == {*TABLE, *OF_BACKFILL}


@pytest.mark.parametrize("key", TABLE)
def test_a_key_has_an_effect(built: dict[str, Any], key: str) -> None:
    line = TABLE[key]
    before, after = (shown(built[text], line.where) for text in (line.before, line.after))

    assert before != after


def shown(dag: dict[str, Any], where: str) -> str:
    """What is looked at, as text. The pages tell of every value, so they count only where a key is for them."""
    assert "error" not in dag, dag["error"]
    if where == "facts":
        return json.dumps(dag["facts"], sort_keys=True)
    stored = deepcopy(dag["stored"])
    pages = [stored.pop("doc_md")]
    for each in stored["tasks"]:
        pages += [each["__var"].pop("doc_md", ""), each["__var"].get("partial_kwargs", {}).pop("doc_md", "")]
    for key in ("fileloc", "relative_fileloc", "_processor_dags_folder"):
        stored.pop(key, None)
    return "\n".join(pages) if where == "doc" else json.dumps(stored, sort_keys=True)


def test_the_bounds_of_a_backfill_are_read_where_backfills_are_made() -> None:
    words = ["flights", "--from", "2024-01", "--to", "2024-02"]
    written = plan("schedule: {cron: '@daily', backfill: {max_active_runs: 4, reprocess: failed}}")

    usual = request_of(backfill_parser().parse_args(words), written)
    asked = request_of(backfill_parser().parse_args([*words, "--max-active-runs=2", "--reprocess=completed"]), written)

    assert (usual.max_active_runs, usual.reprocess) == (4, "failed")
    assert (asked.max_active_runs, asked.reprocess) == (2, "completed")
