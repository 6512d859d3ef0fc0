"""Many plans as DAGs in one real Airflow: what is stored, what tasks hold, and what rendering makes of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headrace.plan.model import Plan
from headrace_airflow.local.settings import airflow_home, airflow_settings, clean_environment
from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.spec.model import to_json
from projects import Sandbox, churn_project

#: The value of the secret CANARY where DAGs are built.
CANARY = "nightingale-51"

_BUILD = """\
import json, sys
from pathlib import Path
from airflow.serialization.serialized_objects import DagSerialization
from headrace_airflow.build.dag import build_dag
from headrace_airflow.site import Site
from headrace_airflow.spec.model import from_json, to_json

class Canary:
    def __getattr__(self, name):
        raise AssertionError(f"a template asked for {name}")

class Run:
    run_id, partition_key, logical_date, data_interval_end, conf, clear_number = "run", None, None, None, {}, 0
    run_type = "manual"

def plain(value):
    if isinstance(value, dict): return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)): return [plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else repr(value)

def copy_of(task):
    if not task.is_mapped:
        return task.prepare_for_execution()
    value = task._get_specified_expand_input().value
    first = value[0] if isinstance(value, list) else {k: v[0] for k, v in value.items()}
    if task.operator_class.__name__.startswith("_Python"):
        first = {"op_kwargs": {**task.partial_kwargs.get("op_kwargs", {}), **first}}
    return task.unmap(first)

def rendered(task):
    task = copy_of(task)
    before = plain({name: getattr(task, name, None) for name in task.template_fields})
    env = task.get_template_env() if hasattr(task, "get_template_env") else None
    context = {"var": Canary(), "conn": Canary(), "macros": Canary(), "params": {}, "dag_run": Run(), "ti": Canary()}
    task.render_template_fields(context, env) if env else task.render_template_fields(context)
    return [before, plain({name: getattr(task, name, None) for name in task.template_fields})]

def built(document, site):
    dag = build_dag(from_json(document), site)
    stored = DagSerialization.to_dict(dag)["dag"]
    notifier = dag.on_failure_callback.__self__
    tasks = {}
    for task in dag.tasks:
        spec = getattr(task, "_spec", None) or getattr(task, "partial_kwargs", {}).get("spec")
        tasks[task.task_id] = {
            "policy": repr(getattr(task, "retry_policy", None)), "runtime": to_json(spec.runtime) if spec else None,
            "tells": task.on_failure_callback is not None and bool(task.on_failure_callback),
        }
    facts = {"notify": plain(notifier.notify), "on_success": bool(dag.on_success_callback), "tasks": tasks}
    texts = {}
    for task in dag.tasks:
        if task.template_fields and not hasattr(task, "_spec"):
            texts[task.task_id] = rendered(task)
    return {"stored": stored, "facts": facts, "rendered": texts}

root, documents = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
site, found = Site(root, root + "/.headrace"), {}
for name, document in documents.items():
    try:
        found[name] = built(document, site)
    except Exception as error:
        found[name] = {"error": f"{type(error).__name__}: {error}"}
print("\\n" + json.dumps(found))
"""


def build_in_airflow(folder: Path, plans: Mapping[str, Plan], hooks: str = "") -> dict[str, Any]:
    """Each plan's DAG: what is `stored`, `facts` that are not, and fields before and after they are `rendered`."""
    project = churn_project(folder / "project")
    if hooks:
        project.write("src/shop/hooks.py", hooks)
    documents = {name: json.loads(json.dumps(to_json(dag_spec(plan)))) for name, plan in plans.items()}
    return _in_airflow(project, documents)


def _in_airflow(project: Sandbox, documents: Mapping[str, Any]) -> dict[str, Any]:
    from airflow_runs import project_of

    written = project.write("documents.json", json.dumps(documents))
    settings = airflow_settings(project_of(project), airflow_home(project_of(project), "check"))
    environment = {**clean_environment(settings), "PYTHONPATH": os.environ.get("PYTHONPATH", ""), "CANARY": CANARY}
    words = [sys.executable, "-c", _BUILD, str(project.root), str(written)]
    done = subprocess.run(words, cwd=project.root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
