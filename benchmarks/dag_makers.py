"""Builds one DAG many times in one of several ways and prints the seconds: run by `dag_build.py`, in other Pythons too.

Words: `built LOADER`, `hand FACTS`, `yaml FILE`; then how many times.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any


def built(loader: str) -> Callable[[], Any]:
    """As a loader of `headrace dags build` does."""
    from headrace_airflow.deploy.loading import load_built

    name = Path(loader).stem
    return lambda: load_built(loader, name)[name]


def hand(facts: str) -> Callable[[], Any]:
    """As a person writes it with the SDK: the same tasks, edges, options and documentation, as Python."""
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.sdk import DAG, Asset, CronDataIntervalTimetable, TaskGroup

    given = json.loads(Path(facts).read_text(encoding="utf-8"))

    def told(context: Any) -> None:
        del context

    def make() -> Any:
        dag = DAG(
            dag_id=given["dag_id"],
            description=given["description"],
            schedule=CronDataIntervalTimetable("0 6 * * *", timezone="UTC"),
            start_date=datetime(2024, 1, 1),  # noqa: DTZ001 - as people write it
            catchup=False,
            max_active_runs=1,
            tags=["headrace"],
            doc_md=given["doc_md"],
            on_failure_callback=told,
        )
        named = {task["group"] for task in given["tasks"].values()} - {None}
        groups = {name: TaskGroup(name, prefix_group_id=False, dag=dag, parent_group=dag.task_group) for name in named}
        for task_id, task in given["tasks"].items():
            BashOperator(
                dag=dag,
                task_id=task_id,
                doc_md=task["doc_md"],
                task_group=groups.get(task["group"]),
                outlets=[Asset(name=name, uri=uri) for name, uri in task["outlets"]],
                bash_command=f"headrace stage {given['dag_id']} {task_id}",
                owner="ml",
                retries=2,
                retry_delay=timedelta(minutes=1),
                retry_exponential_backoff=2.0,
                max_retry_delay=timedelta(minutes=30),
                execution_timeout=timedelta(hours=2),
                on_failure_callback=told,
                on_retry_callback=told,
            )
        for task_id, task in given["tasks"].items():
            dag.get_task(task_id).set_upstream([dag.get_task(name) for name in task["upstream"]])
        return dag

    return make


def yaml(file: str) -> Callable[[], Any]:
    """As dag-factory does, from its YAML."""
    import dagfactory  # type: ignore[import-not-found,unused-ignore]

    def make() -> Any:
        found: dict[str, Any] = {}
        dagfactory.load_yaml_dags(found, config_filepath=file)
        return found[Path(file).stem]

    return make


def main() -> None:
    """Build once to warm up, then so many times; print seconds and tasks as JSON."""
    kind, given, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "CRITICAL"
    make = {"built": built, "hand": hand, "yaml": yaml}[kind](given)
    tasks = len(make().tasks)
    started = time.process_time()
    for _ in range(count):
        make()
    print(json.dumps({"seconds": time.process_time() - started, "tasks": tasks}))


if __name__ == "__main__":
    main()
