"""Building a DAG from its compiled specification: against the same written by hand, and against dag-factory's YAML."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from dag_factory_python import VERSION, dag_factory_python
from many_pipelines import make_project
from pairs import (
    HEADRACE,
    BenchmarkError,
    Command,
    Cost,
    Options,
    Ratio,
    cost_of,
    pairs,
    ratio,
    run,
    scratch,
)

COUNT = 300
_CHILD = str(Path(__file__).with_name("dag_makers.py"))


def build_folder(folder: Path, count: int) -> list[str]:
    """Compile a project of so many pipelines and build its DAGs into `folder/built`; their names."""
    names = make_project(folder, count)
    words = (HEADRACE, "dags", "build", "--out", str(folder / "built"), "--project", str(folder))
    cost_of(Command(words, folder, {}))
    return names


def facts_of(folder: Path, name: str) -> dict[str, Any]:
    """What a person would write down of a built DAG."""
    spec = json.loads((folder / "built" / "dags" / f"{name}.json").read_text(encoding="utf-8"))["spec"]
    tasks = {
        task["task_id"]: {
            "upstream": list(task.get("upstream", ())),
            "group": task.get("group"),
            "doc_md": task.get("options", {}).get("doc_md"),
            "outlets": [[outlet["name"], outlet["uri"]] for outlet in task.get("outlets", ())],
        }
        for task in spec["tasks"]
    }
    return {"dag_id": name, "description": spec["description"], "doc_md": spec["doc_md"], "tasks": tasks}


def as_dag_factory(facts: dict[str, Any]) -> str:
    """The same for dag-factory."""
    tasks = {
        task_id: {
            "operator": "airflow.providers.standard.operators.bash.BashOperator",
            "bash_command": f"headrace stage {facts['dag_id']} {task_id}",
            "retries": 2,
            "doc_md": task["doc_md"],
            "dependencies": task["upstream"],
        }
        for task_id, task in facts["tasks"].items()
    }
    dag = {
        "default_args": {"owner": "ml", "start_date": "2024-01-01"},
        "schedule": "0 6 * * *",
        "description": facts["description"],
        "doc_md": facts["doc_md"],
        "catchup": False,
        "tasks": tasks,
    }
    return yaml.safe_dump({facts["dag_id"]: dag})


def seconds(cost: Cost) -> float:
    """The processor time that the child measured, for the DAGs alone."""
    return float(_said(cost)["seconds"])


def _said(cost: Cost) -> dict[str, Any]:
    for line in reversed(cost.output.splitlines()):
        if line.startswith("{"):
            document: dict[str, Any] = json.loads(line)
            return document
    raise BenchmarkError(f"the child said nothing: {cost.output[-500:]}")


def measure(asked: Options) -> Sequence[Ratio]:
    """Two rows."""
    with scratch() as folder:
        (name,) = build_folder(folder, 1)
        facts = facts_of(folder, name)
        (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
        (folder / f"{name}.yaml").write_text(as_dag_factory(facts), encoding="utf-8")
        environment = {"AIRFLOW_HOME": str(folder / "airflow"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}

        def child(python: str, *words: str) -> Command:
            return Command((python, _CHILD, *words, str(COUNT)), folder, environment)

        ours = child(sys.executable, "built", str(folder / "built" / "dags" / f"{name}.py"))
        theirs = child(sys.executable, "hand", str(folder / "facts.json"))
        other = child(dag_factory_python(), "yaml", str(folder / f"{name}.yaml"))
        by_hand = pairs(lambda _: ours, lambda _: theirs, asked.pairs)
        from_yaml = pairs(lambda _: ours, lambda _: other, max(1, asked.pairs // 2))
    for pair in (by_hand[0], from_yaml[0]):
        if _said(pair[0])["tasks"] != _said(pair[1])["tasks"]:
            raise BenchmarkError("the DAGs do not have the same tasks")
    what = f"build a DAG of {len(facts['tasks'])} stages from its compiled specification, {COUNT} times"
    return (
        ratio(what, "the same by hand with the SDK", by_hand, seconds, 1.1),
        ratio(what, f"dag-factory {VERSION} from YAML", from_yaml, seconds, 0.2),
    )


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, count=5))
