"""The page that Airflow shows for a task: what its stages do, the values that steer them, and how they are tried.

As on the page of the DAG, a value has the file that it was written in and not the line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from headrace.config.schema.execution import TaskExecution
from headrace.config.schema.tasks import AddedTask
from headrace.errors import Place
from headrace.failures import FAILURE_KINDS
from headrace.plan.model import Plan, Stage
from headrace.plan.values import shown
from headrace_airflow.spec.markdown import code, with_prose

#: Kind of stage -> what it does, and the values that say how.
_KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ingest": ("Reads the sources and keeps each as a table.", ("dataset.sources.*.path",)),
    "validate": ("Checks tables against their rules. Broken rules end the run before anything is learned.", ()),
    "transform": ("Makes the table that is learned from, in SQL.", ("dataset.transform.file",)),
    "split": (
        "Divides the rows into those that teach, tune and judge.",
        ("split.method", "split.column", "split.test"),
    ),
    "train": ("Fits the estimator to the training part.", ("model.type", "seed")),
    "evaluate": ("Computes the metrics on each part.", ("metrics",)),
    "gate": ("Decides whether the model may take the champion's place.", ("gates",)),
    "register": ("Registers the model as a new version.", ("registry.name",)),
    "promote": ("Moves the alias that production follows to the new version.", ("registry.alias",)),
    "track": ("Writes the run to MLflow.", ("tracking.uri", "tracking.experiment")),
}
#: What is told of an added task, in this order; Airflow shows its arguments and what it stands among.
_TOLD = (
    *("operator", "function", "trigger_rule", "role", "retries", "timeout"),
    *(key for key in TaskExecution.model_fields if key != "doc"),
)
#: Columns that are named.
_SHOWN = 12


def document_task(plan: Plan, stages: Sequence[Stage]) -> str:
    """Markdown, a few lines for each stage."""
    return "\n\n".join(_document(plan, stage, alone=len(stages) == 1) for stage in stages)


def document_added(plan: Plan, name: str, task: AddedTask) -> str:
    """Markdown: what an added task is, and how it is run otherwise than Airflow is set up."""
    fields = type(task).model_fields
    sentence = "Runs an operator." if task.operator else "Calls a function."
    told = [key for key in _TOLD if key in task.written or getattr(task, key) != fields[key].default]
    return "\n".join([sentence, "", *_lines(plan, [f"tasks.{name}.{key}" for key in told])])


def _document(plan: Plan, stage: Stage, *, alone: bool) -> str:
    sentence, keys = _KINDS.get(stage.type, ("", ()))
    lines = [*_lines(plan, keys), *(_rules(plan, table) for table in stage.config.get("tables", ()))]
    made = "\n".join([sentence, "", *lines, *_execution(plan, stage)]).strip()
    prose = _used(plan, stage).get("doc")
    told = with_prose(plan.spec["runtime"]["stages"][prose]["doc"] if prose else None, made)
    return told if alone else f"**{stage.name}** {told}"


def _lines(plan: Plan, keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        for path, value in _at(plan.spec, key.split(".")):
            yield f"- {code(path)}: {_value(value)} ({_file(plan, path)})"


def _rules(plan: Plan, table: str) -> str:
    """What of a table there are rules for."""
    rules: Mapping[str, Any] = plan.spec["validation"][table]
    whole = [name for name in ("rows", "unique") if rules.get(name)]
    columns = [code(name) for name in rules["columns"]]
    named = [*whole, *columns[:_SHOWN], *([f"{len(columns) - _SHOWN} more columns"] if columns[_SHOWN:] else [])]
    key = f"validation.{table}"
    return f"- {code(key)}: rules for {', '.join(named) or 'nothing'} ({_file(plan, key)})"


def _execution(plan: Plan, stage: Stage) -> Iterator[str]:
    """How this stage is run otherwise than the others, and what is tried again."""
    runtime: Mapping[str, Any] = plan.spec["runtime"]
    used = _used(plan, stage)
    yield from _lines(plan, [f"runtime.stages.{name}.{key}" for key, name in used.items() if key != "doc"])
    if "retry_on" not in used and list(runtime.get("retry_on", FAILURE_KINDS)) != list(FAILURE_KINDS):
        yield from _lines(plan, ["runtime.retry_on"])


def _used(plan: Plan, stage: Stage) -> dict[str, str]:
    """Key of what is different for a stage -> the kind or name under which it is written."""
    stages: Mapping[str, Any] = plan.spec["runtime"].get("stages", {})
    return {key: name for name in dict.fromkeys((stage.type, stage.name)) for key in stages.get(name, {})}


def _at(values: Any, path: Sequence[str], key: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted path and value, if it is there; `*` is every key."""
    if not path:
        if values not in (None, {}):
            yield key, values
        return
    if isinstance(values, Mapping):
        for name in values if path[0] == "*" else [path[0]]:
            yield from _at(values.get(name), path[1:], f"{key}.{name}" if key else name)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return code(value)
    plain = [_without_nothing(item) for item in value] if isinstance(value, list) else _without_nothing(value)
    text = json.dumps(plain, ensure_ascii=False)
    return code(text if len(text) <= 200 else f"{text[:200]}…")


def _without_nothing(value: Any) -> Any:
    return {key: held for key, held in value.items() if held is not None} if isinstance(value, Mapping) else value


def _file(plan: Plan, key: str) -> str:
    place = plan.place_of(key)
    return code(shown(Place(place.file))) if place else "default"
