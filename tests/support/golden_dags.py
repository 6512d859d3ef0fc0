"""Serialised DAGs as text for review: in one order, without what says nothing of the feature."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from projects import CHURN_PIPELINE

#: Where the file is, the page, whose own tests look at it, and what the timetable and the outlets tell again.
_LEFT_OUT = {"fileloc", "relative_fileloc", "_processor_dags_folder", "doc_md", "dag_id", "dag_dependencies"}
#: What every task has.
_OF_ANY_TASK = {
    "_is_empty", "_needs_expansion", "_operator_name", "_task_module", "template_ext", "template_fields",
    "template_fields_renderers", "ui_color", "_can_skip_downstream", "start_from_trigger",
    "start_trigger_args", "has_on_failure_callback", "has_on_retry_callback", "_is_sensor", "weight_rule",
    "on_failure_fail_dagrun", "_is_mapped", "_operator_extra_links", "doc_md", "has_retry_policy",
}  # fmt: skip
_PLAIN = (False, None, [], {}, "")


FOLDER = Path(__file__).parents[1] / "airflow" / "golden_dags"
FEATURES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def pipeline(feature: str) -> str:
    """The churn pipeline of the tests with the feature's text after it, or a whole one, if that has a `dataset`."""
    text = (FOLDER / f"{feature}.yaml").read_text()
    return text if "/dataset:" in text else CHURN_PIPELINE + text


def canonical(dag: dict[str, Any]) -> str:
    """The DAG as JSON with sorted keys, one value a line; what all tasks of a type share is said once."""
    document = _plain({key: value for key, value in dag.items() if key not in _LEFT_OUT})
    groups = _groups(document.pop("task_group"))
    tasks = {task.pop("task_id"): _task(task) for task in document.pop("tasks")}
    for kind in sorted({task["task_type"] for task in tasks.values()}):
        alike = [task for task in tasks.values() if task.get("task_type") == kind]
        if len(alike) > 1:
            document[f"every {kind}"] = shared = _shared(alike)
            for task in alike:
                for key in shared:
                    del task[key]
    document |= {"tasks": tasks, **({"groups": groups} if groups else {})}
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _task(task: dict[str, Any]) -> dict[str, Any]:
    told = {**task, "doc_md": _about_runs(task.get("doc_md", ""))}
    return {key: value for key, value in told.items() if key not in _OF_ANY_TASK or value not in (*_PLAIN, True)}


def _about_runs(page: str) -> list[str]:
    """What a task's page says of how it is run: Airflow stores no policy of retries itself."""
    return [line for line in page.splitlines() if line.startswith("- `runtime.")]


def _shared(tasks: list[dict[str, Any]]) -> dict[str, Any]:
    first, *others = tasks
    return {key: value for key, value in first.items() if all(task.get(key) == value for task in others)}


def _groups(group: dict[str, Any]) -> dict[str, Any]:
    """The groups within a group, by name: their fields, their tasks and the groups within them."""
    found: dict[str, Any] = {}
    for name, (kind, child) in group.get("children", {}).items():
        if kind == "taskgroup":
            members = [label for label, (of, _) in child.get("children", {}).items() if of == "operator"]
            fields = {key: value for key, value in child.items() if key != "children"}
            found[name] = {**fields, "tasks": sorted(members), "groups": _groups(child)}
    return found


def _plain(value: Any) -> Any:
    """Without the wrappers that Airflow's serialisation puts around values; what it keeps unordered is sorted."""
    if isinstance(value, dict):
        if set(value) == {"__type", "__var"}:
            held = _plain(value["__var"])
            if value["__type"] == "set":
                return sorted(held, key=str)
            return held if value["__type"] in {"dict", "operator", "timedelta", "datetime"} else {value["__type"]: held}
        return {key: _plain(item) for key, item in value.items() if item not in _PLAIN}
    if isinstance(value, list):
        items = [_plain(item) for item in value]
        is_entry = len(items) == 2 and items[0] in ("operator", "taskgroup")
        return sorted(items) if not is_entry and all(isinstance(item, str) for item in items) else items
    return value
