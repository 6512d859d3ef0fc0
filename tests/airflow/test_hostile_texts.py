"""Any text of a pipeline that Airflow would render, run or resolve, in every place that takes text.

Either it is refused where it is written, or Airflow has it as it is: nothing looks up a variable, and rendering leaves
it alone. A text that lint lets through and Airflow refuses is a failure too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from built_dags import CANARY, build_in_airflow
from headrace.config.check import check
from headrace.config.composed import Composed
from headrace.config.each import quietly
from headrace.errors import ConfigError
from headrace.operators.checks import task_diagnostics
from headrace.plan.build import build_plan
from headrace.plan.model import Plan
from headrace_airflow.spec.dag import dag_spec
from plans import FLIGHTS, PLACES

TEXTS = {
    "template": "{{ var.value.canary }}{{ conn.canary.password }}",
    "statement": "{% raw %}x{% endraw %}{# gone #}",
    "command": "$(id) `id`; rm -rf / %s {0}",
    "script": "run.sh",
    "page": "page.md",
    "quotes": 'it\'s "quoted" \\',
    "lines": "two\nlines\r\n",
    "backwards": "\u202egnp.exe\u2066",
    "long": "x" * 5_000,
    "secret": "${secret:CANARY}",
    "empty": "",
}
#: A pipeline of few stages, and one with a model.
TABLE = {
    "name": "flights",
    "owner": "ml-team",
    "notify": [{"type": "log"}],
    "runtime": {},
    "dataset": {"sources": {"flights": {"type": "csv", "path": "flights.csv"}}},
}
MODEL = {**FLIGHTS, "notify": [{"type": "log"}], "runtime": {}}
STANDARD = "airflow.providers.standard"
FILE = {"operator": f"{STANDARD}.sensors.filesystem.FileSensor", "args": {"filepath": "/a"}}
TRIGGER = f"{STANDARD}.operators.trigger_dagrun.TriggerDagRunOperator"
KUBERNETES = {
    "type": "kubernetes",
    "image": "a:1",
    "project": "/app",
    "home": "/state",
    "volumes": [{"claim": "state", "path": "/state"}],
}
Change = Callable[[str], dict[str, Any]]


def added(**more: Any) -> dict[str, Any]:
    return {"tasks": {"t": {**FILE, **more}}}


def on(kind: str, **more: Any) -> dict[str, Any]:
    base = {"docker": {"type": "docker", "image": "a:1"}, "kubernetes": KUBERNETES, "process": {}}[kind]
    return {"runtime": {**base, **more}}


#: Of executors only Airflow knows which there are, and its stand-in has the place.
EXECUTORS = ("runtime.executor", "tasks.executor")
PLACES_OF_TEXT: dict[str, Change] = {
    "description": lambda text: {"description": text},
    "owner": lambda text: {"owner": text},
    "tags": lambda text: {"tags": [text]},
    "dag.display_name": lambda text: {"dag": {"display_name": text}},
    "dag.doc": lambda text: {"dag": {"doc": text}},
    "dag.links.*": lambda text: {"dag": {"links": {"ml-team": text}}},
    "dag.links.* with an address": lambda text: {"dag": {"links": {"ml-team": f"https://a.example/{text}"}}},
    "dag.links": lambda text: {"dag": {"links": {text: "https://a.example"}}},
    "dag.deadlines.after": lambda text: {"dag": {"deadlines": [{"within": "3h", "after": text}]}},
    "tasks": lambda text: {"tasks": {text: FILE}},
    "tasks.args": lambda text: added(args={"filepath": text}),
    "tasks.args of a function": lambda text: {"tasks": {"t": {"function": "shop.hooks.walk", "args": {"word": text}}}},
    "tasks.args, nested": lambda text: {
        "tasks": {"t": {"operator": TRIGGER, "args": {"trigger_dag_id": "a", "conf": {text: [text, {"x": text}]}}}}
    },
    "tasks.expand": lambda text: {"tasks": {"t": {"operator": TRIGGER, "expand": {"trigger_dag_id": [text, "b"]}}}},
    "tasks.expand of a function": lambda text: {
        "tasks": {"t": {"function": "shop.hooks.walk", "expand": {"word": [text, "b"]}, "map_index": "word"}}
    },
    "tasks.expand_kwargs": lambda text: {
        "tasks": {"t": {"operator": TRIGGER, "expand_kwargs": [{"trigger_dag_id": text}]}}
    },
    "tasks.map_index": lambda text: {
        "tasks": {"t": {"function": "shop.hooks.walk", "expand": {"word": ["a"]}, "map_index": text}}
    },
    "tasks.operator": lambda text: {"tasks": {"t": {"operator": text}}},
    "tasks.function": lambda text: {"tasks": {"t": {"function": text}}},
    "tasks.before": lambda text: added(before=text),
    "tasks.after": lambda text: added(after=[text]),
    "tasks.group": lambda text: added(group=text),
    "tasks.inlets": lambda text: added(inlets=[text]),
    "tasks.outlets": lambda text: added(outlets=[text]),
    "tasks.outlets.name": lambda text: added(outlets=[{"name": text, "uri": "s3://a/b"}]),
    "tasks.outlets.uri": lambda text: added(outlets=[{"name": "a", "uri": text}]),
    "tasks.pool": lambda text: added(pool=text),
    "tasks.queue": lambda text: added(queue=text),
    "tasks.executor": lambda text: added(executor=text),
    "tasks.owner": lambda text: added(owner=text),
    "tasks.display_name": lambda text: added(display_name=text),
    "tasks.doc": lambda text: added(doc=text),
    "tasks.doc of a function": lambda text: {"tasks": {"t": {"function": "shop.hooks.walk", "doc": text}}},
    "params": lambda text: {"params": {text: {"at": "seed"}}},
    "params.at": lambda text: {"params": {"a": {"at": text}}},
    "params.title": lambda text: {"params": {"a": {"at": "seed", "title": text}}},
    "params.description": lambda text: {"params": {"a": {"at": "seed", "description": text}}},
    "params, the default": lambda text: {
        **MODEL,
        "dataset": {**FLIGHTS["dataset"], "where": {"carrier": text}},
        "params": {"a": {"at": "dataset.where.carrier", "choices": [text, "b"]}},
    },
    "for_each": lambda text: {
        **MODEL,
        "dataset": {**FLIGHTS["dataset"], "where": {"carrier": "${each:carrier}"}},
        "for_each": {"carrier": [text, "b"]},
    },
    "notify.url": lambda text: {"notify": [{"type": "webhook", "url": text}]},
    "notify.host": lambda text: {"notify": [mail(host=text)]},
    "notify.sender": lambda text: {"notify": [mail(sender=text)]},
    "notify.to": lambda text: {"notify": [mail(to=[text])]},
    "notify.user": lambda text: {"notify": [mail(user=text, password="${secret:P}")]},
    "notify.connection": lambda text: {"notify": [{"type": "slack", "connection": text}]},
    "notify.name": lambda text: {"notify": [{"type": "function", "name": text}]},
    "schedule.cron": lambda text: {"schedule": {"cron": text}},
    "schedule.timezone": lambda text: {"schedule": {"cron": "@daily", "timezone": text}},
    "schedule.assets": lambda text: {"schedule": {"assets": text}},
    "schedule.assets.uri": lambda text: {"schedule": {"assets": {"uri": f"s3://a/{text}"}}},
    "schedule.assets.alias": lambda text: {"schedule": {"assets": {"alias": text}}},
    "schedule.depends_on": lambda text: {"schedule": {"depends_on": {"model": text}}},
    "schedule.timetable.name": lambda text: {"schedule": {"timetable": {"name": text}}},
    "schedule.timetable.params": lambda text: {
        "schedule": {
            "timetable": {
                "name": "airflow.timetables.events.EventsTimetable",
                "params": {"event_dates": [], "description": text},
            }
        }
    },
    "runtime.python": lambda text: on("process", python=text),
    "runtime.env.*": lambda text: on("process", env={"A": text}),
    "runtime.env": lambda text: on("process", env={text: "a"}),
    "runtime.pool": lambda text: on("process", pool=text),
    "runtime.queue": lambda text: on("process", queue=text),
    "runtime.executor": lambda text: on("process", executor=text),
    "runtime.stages.owner": lambda text: on("process", stages={"ingest": {"owner": text}}),
    "runtime.stages.display_name": lambda text: on("process", stages={"ingest": {"display_name": text}}),
    "runtime.fuse": lambda text: on("process", fuse=[[text, "ingest"]]),
    **{
        f"runtime.{key} ({kind})": lambda text, kind=kind, key=key: on(kind, **{key: text})  # type: ignore[misc]
        for kind, keys in {
            "docker": ("image", "project", "home", "user", "network", "connection", "python"),
            "kubernetes": ("image", "project", "home", "user", "namespace", "service_account", "connection", "python"),
        }.items()
        for key in keys
    },
    **{
        f"runtime.{key}.* ({kind})": lambda text, kind=kind, key=key: on(kind, **{key: {"a": text}})  # type: ignore[misc]
        for kind, keys in {"docker": ("labels",), "kubernetes": ("labels", "annotations", "node_selector")}.items()
        for key in keys
    },
    "runtime.labels": lambda text: on("docker", labels={text: "a"}),
    "runtime.volumes.host": lambda text: on("docker", volumes=[{"host": text, "path": "/a"}]),
    "runtime.volumes.path": lambda text: on("docker", volumes=[{"name": "a", "path": text}]),
    "runtime.volumes.folder": lambda text: on(
        "kubernetes", volumes=[{"claim": "state", "path": "/state", "folder": text}]
    ),
    "runtime.tolerations": lambda text: on("kubernetes", tolerations=[{"key": text, "value": text}]),
    "runtime.secrets": lambda text: on("kubernetes", secrets={"A": {"name": text, "key": text}}),
    "runtime.pod": lambda text: on("kubernetes", pod={"spec": {"priorityClassName": text}}),
}
HOOKS = "def walk(word): ...\n"
CASES = [(place, text) for place in PLACES_OF_TEXT for text in TEXTS]


def mail(**more: Any) -> dict[str, Any]:
    return {"type": "email", "host": "a.example", "sender": "a@a.example", "to": ["b@b.example"], **more}


def plan(change: dict[str, Any], root: Path) -> Plan | None:
    """The plan of what is written; none if it is refused."""
    try:
        checked = check(Composed({**TABLE, **change}, dict(PLACES), (), root=root), "flights")
        made = quietly(lambda: build_plan(checked.spec, PLACES))
        if any(found.severity == "error" for found in task_diagnostics(made, root)):
            return None
        dag_spec(made)
    except ConfigError:
        return None
    return made


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Place and text -> its DAG; none where it is refused."""
    folder = tmp_path_factory.mktemp("hostile")
    hooks = folder / "lint/src/shop/hooks.py"
    hooks.parent.mkdir(parents=True)
    hooks.write_text(HOOKS)
    made = {f"{place}: {text}": plan(PLACES_OF_TEXT[place](TEXTS[text]), folder / "lint") for place, text in CASES}
    accepted = {name: found for name, found in made.items() if found is not None}
    return {**dict.fromkeys(made), **build_in_airflow(folder, accepted, HOOKS)}


@pytest.mark.parametrize("place", PLACES_OF_TEXT)
def test_airflow_leaves_text_alone(built: dict[str, Any], place: str) -> None:
    for text in TEXTS:
        dag = built[f"{place}: {text}"]
        if dag is None or (place in EXECUTORS and "UnknownExecutorError" in dag.get("error", "")):
            continue  # refused
        assert "error" not in dag, f"{text}: {dag['error']}"
        for before, after in dag["rendered"].values():
            assert before == after, text


def test_no_secret_is_looked_up_where_dags_are_read(built: dict[str, Any]) -> None:
    told = json.dumps(built)

    assert "${secret:CANARY}" in told
    assert CANARY not in told


def test_texts_reach_added_tasks(built: dict[str, Any]) -> None:
    """What is told to a task is not refused, so that the test above says something."""
    for place in ("tasks.args", "tasks.args of a function", "tasks.expand", "tasks.expand of a function"):
        for text in ("template", "statement", "command", "script", "page", "quotes"):
            (fields,) = (built[f"{place}: {text}"] or {"rendered": {"": ["", ""]}})["rendered"].values()
            assert TEXTS[text] in list(strings(fields[1])), f"{place}: {text}"


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(item)
