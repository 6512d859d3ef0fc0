"""Real tables through `headrace new`, `lint` and `run`, each held against scikit-learn's default boosting.

The rival learns from the same training rows and every column that they have, but for those that tell the answer, and is
scored on the same test rows. Where it does worse than guessing, the ratio is 1 for a model that does no worse than it.
Usage: python benchmarks/new_tables.py [--tables NAME,…] [--out FILE.json]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

METRICS = {"binary": "roc_auc", "multiclass": "accuracy", "regression": "r2"}


def main() -> None:
    """Run the tables and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", default="")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    wanted = [name for name in arguments.tables.split(",") if name]
    tables = [table for table in import_module("real_tables").TABLES if not wanted or table.name in wanted]
    results = []
    with TemporaryDirectory(prefix="headrace-tables-") as scratch:
        project = Path(scratch) / "project"
        _command("init", str(project), at=Path(scratch))
        for table in tables:
            folder = Path(scratch) / table.name
            folder.mkdir()
            result = measure(project, table, table.write(folder))
            results.append(result)
            print(_line(result), flush=True)
    if arguments.out:
        arguments.out.write_text(json.dumps(results, indent=1))
    good = [r for r in results if r.get("ratio") is not None and r["ratio"] >= 0.97]
    print(f"{len(results)} tables: {sum(r['code'] == 0 for r in results)} ran, {len(good)} reach 0.97 of the rival")


def measure(project: Path, table: Any, path: Path) -> dict[str, Any]:
    """One table: seconds of each command, both scores and their ratio."""
    name = table.name
    result: dict[str, Any] = {"table": name, "code": 0, "ratio": None}
    commands = {
        "new": ("new", name, "--data", str(path), "--target", table.target, *table.words),
        "lint": ("lint", name),
        "run": ("run", name, "--json"),
    }
    out = ""
    for verb, words in commands.items():
        started = time.perf_counter()
        done = _command(*words, at=project)
        result[verb] = round(time.perf_counter() - started, 1)
        if done.returncode:
            return {**result, "code": done.returncode, "failed": verb, "said": (done.stdout + done.stderr)[-800:]}
        out = done.stdout
    pipeline = yaml.safe_load((project / "conf" / "pipeline" / f"{name}.yaml").read_text())
    parts = {part: frame.drop(columns=[*table.leaks], errors="ignore") for part, frame in _parts(project, name).items()}
    ours = json.loads(out)["metrics"]["test"][METRICS[pipeline["task"]]]
    dataset = yaml.safe_load((project / "conf" / "dataset" / f"{name}.yaml").read_text())
    theirs = rival(parts["train"], parts["test"], pipeline, dataset["row_id"])
    rows = len(parts["test"])
    return {
        **result,
        "task": pipeline["task"],
        "test": rows,
        "ours": ours,
        "theirs": theirs,
        "ratio": _ratio(ours, theirs),
    }


def _ratio(ours: float, theirs: float) -> float:
    return ours / theirs if theirs > 0 else float(ours >= theirs)


def rival(train: pd.DataFrame, test: pd.DataFrame, pipeline: dict[str, Any], row_id: Sequence[str]) -> float:
    """The score of scikit-learn's default histogram gradient boosting on the same rows."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.metrics import accuracy_score, r2_score, roc_auc_score

    target, task = pipeline["target"]["column"], pipeline["task"]
    inputs = [_inputs(part.drop(columns=[target, *row_id]), train) for part in (train, test)]
    kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
    model = kind(categorical_features="from_dtype", random_state=0).fit(inputs[0], train[target])
    if task == "regression":
        return float(r2_score(test[target], model.predict(inputs[1])))
    if task == "multiclass":
        return float(accuracy_score(test[target], model.predict(inputs[1])))
    place = list(model.classes_).index(pipeline["target"]["positive"])
    actual = test[target] == pipeline["target"]["positive"]
    return float(roc_auc_score(actual, model.predict_proba(inputs[1])[:, place]))


def _inputs(part: pd.DataFrame, train: pd.DataFrame) -> pd.DataFrame:
    """Numbers as they are, times as numbers, text as categories: what the rival is given."""
    columns: dict[str, Any] = {}
    for name, values in part.items():
        seen = train[name].dropna()
        if seen.empty or train[name].dtype.kind in "biuf":
            columns[str(name)] = pd.to_numeric(values, errors="coerce").astype(float)
        elif train[name].dtype.kind == "M" or isinstance(seen.iloc[0], date):
            columns[str(name)] = (pd.to_datetime(values, utc=True) - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
        else:
            known = sorted(seen.astype(str).unique())
            text = values.astype(str)
            codes = pd.Categorical(text.where(values.notna() & text.isin(known)), categories=known)
            columns[str(name)] = codes if len(known) <= 255 else codes.codes.astype(float)
    return pd.DataFrame(columns)


def _parts(project: Path, name: str) -> dict[str, pd.DataFrame]:
    store = project / ".headrace" / "store"
    record = next(run for run in sorted(store.glob("runs/*.json")) if json.loads(run.read_text())["pipeline"] == name)
    key = json.loads((record.with_suffix("") / "split.json").read_text())["key"]
    outputs = json.loads((store / "actions" / key[:2] / f"{key[2:]}.json").read_text())["outputs"]
    blobs = {out["digest"]: part for part, out in outputs.items()}
    found = {blobs[path.name]: path for path in store.glob("blobs/*/*") if path.name in blobs}
    found |= {
        blobs[path.parent.name + path.name]: path
        for path in store.glob("blobs/*/*")
        if path.parent.name + path.name in blobs
    }
    return {part.removesuffix(".parquet"): pd.read_parquet(path) for part, path in found.items()}


def _line(result: dict[str, Any]) -> str:
    name = f"{result['table']:<20}"
    if result["code"]:
        return f"{name} {result['failed']} exits {result['code']}: {result['said']}"
    return (
        f"{name} {result['task']:<10} ours {result['ours']:.4f}  rival {result['theirs']:.4f}  "
        f"ratio {result['ratio']:.3f}  test {result['test']:>6}  new {result['new']} s  run {result['run']} s"
    )


def _command(*words: str, at: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "headrace", *words], cwd=at, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    main()
