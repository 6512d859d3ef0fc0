"""Files of a built folder that are damaged: a DAG that says so, whatever is in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from airflow_runs import project_of
from headrace_airflow.deploy.building import build_folder
from headrace_airflow.deploy.choices import Choices
from projects import churn_project

JUNK = [None, 7, "x", [], [7], {}, {"x": 1}]
_STEPS = """\
import json, sys, traceback
from pathlib import Path
from headrace_airflow.deploy.loading import load_built

folder, seen = Path(sys.argv[1]), {}
for name, files in json.loads(Path(sys.argv[2]).read_text()).items():
    for path, text in files.items():
        (folder / path).write_bytes(text.encode("utf-8", "surrogateescape"))
    try:
        (dag,) = load_built(str(folder / "dags/churn.py"), "churn").values()
        seen[name] = [sorted(dag.tags), dag.doc_md[:600]]
    except BaseException:
        seen[name] = ["error", traceback.format_exc()[-600:]]
print("\\n" + json.dumps(seen))
"""


def damaged(entry: dict[str, Any]) -> dict[str, str]:
    """What a file may hold that was cut, edited, or written by another version."""
    text = json.dumps(entry)
    broken = {**entry, "spec": None, "diagnostics": [{"code": "HR1", "message": "x", "file": "", "line": 1}]}
    return {
        "empty": "",
        "cut": text[: len(text) // 2],
        "not text": "\udcff\udcfe",
        "deep": "[" * 100_000,
        "a list": "[]",
        "nothing": "null",
        "a diagnostic with no column": json.dumps(broken),
        "neither": json.dumps({**entry, "spec": None}),
        **{
            f"no {key}": json.dumps({k: v for k, v in entry.items() if k != key})
            for key in ("format", "spec", "diagnostics")
        },
        **{
            f"{key} is {junk!r}": json.dumps({**entry, key: junk})
            for key in ("format", "spec", "diagnostics")
            for junk in JUNK
            if key != "diagnostics" or junk not in ([], {})  # with a specification, nothing is wrong
        },
        **{
            f"spec.{key} is {junk!r}": json.dumps({**entry, "spec": {**entry["spec"], key: junk}})
            for key in ("tasks", "schedule")
            for junk in JUNK[:5]
            if not (key == "tasks" and junk == [])
        },
    }


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    sandbox = churn_project(tmp_path_factory.mktemp("loading") / "project")
    folder = sandbox.root / "built"
    build_folder(project_of(sandbox), folder, Choices())
    return folder, json.loads((folder / "dags/churn.json").read_text())


def load(folder: Path, cases: dict[str, dict[str, str]], told: Path) -> dict[str, list[Any]]:
    told.write_text(json.dumps(cases))
    environment = {**os.environ, "AIRFLOW_HOME": str(folder), "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"}
    words = [sys.executable, "-c", _STEPS, str(folder), str(told)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_whatever_a_damaged_file_holds_there_is_a_dag_that_says_so(
    entry: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    folder, document = entry
    cases = {name: {"dags/churn.json": text} for name, text in damaged(document).items()}

    seen = load(folder, cases, tmp_path / "cases.json")

    assert {name: found for name, found in seen.items() if found[0] != ["broken", "headrace"]} == {}
    assert "HR412" in seen["no spec"][1]
    assert "it has no 'spec'" in seen["no spec"][1]
    assert "headrace dags build" in seen["no diagnostics"][1]
    assert "neither a specification nor anything that is wrong" in seen["neither"][1]
    assert "its specification is no mapping" in seen["spec is 7"][1]


def test_whatever_is_said_of_where_stages_run_and_what_is_stale_the_dag_is_there(
    entry: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    folder, document = entry
    good, bundle = json.dumps(document), json.dumps({"bundle": True, "project": "/p", "home": "/h"})
    texts = [
        "",
        "null",
        "[]",
        "7",
        '"x"',
        "{}",
        '{"why": "x"}',
        '{"why": 7, "pipelines": 7}',
        '{"why": "x", "pipelines": [[]]}',
    ]
    cases = {
        **{f"site {text}": {"dags/churn.json": good, "site.json": text} for text in texts},
        **{f"stale {text}": {"site.json": bundle, "stale.json": text} for text in texts},
        "marked": {"stale.json": json.dumps({"why": "nobody published it", "pipelines": ["churn"]})},
    }

    seen = load(folder, cases, tmp_path / "cases.json")

    tags, page = seen.pop("marked")
    assert tags == ["headrace", "stale"]
    assert "nobody published it" in page
    assert {name: found for name, found in seen.items() if found[0] != ["headrace"]} == {}
