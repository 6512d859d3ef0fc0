"""What a run says about itself in plain words."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from headrace.counted import counted
from headrace.errors import Place
from headrace.run.outcome import RunReport

#: From a dotted path to where its value was written.
PlaceOf = Callable[[str], Place | None]


def seconds_text(seconds: float) -> str:
    """`0.42 s`, `12.3 s`, `3 min 05 s`."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 100:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60):02d} s"


def detail(stage: str, facts: Mapping[str, Any]) -> str:
    """One short remark on what a stage did."""
    describe = _DETAILS.get(stage)
    try:
        return describe(facts) if describe and facts else ""
    except (KeyError, TypeError, ValueError):
        return ""  # a remark is never worth a failure


def _ingested(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {source['rows']:,} rows" for name, source in facts["sources"].items())


def _validated(facts: Mapping[str, Any]) -> str:
    count = facts["warnings"]
    warnings = f", {counted(count, 'warning')}" if count else ""
    return f"{facts['checks']} checks passed{warnings}"


def _split(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{part} {rows:,}" for part, rows in facts["rows"].items())


def _trained(facts: Mapping[str, Any]) -> str:
    best = facts.get("best_iteration")
    return f"{facts['estimator']}" + (f", best of {best} rounds" if best is not None else "")


def _scored(facts: Mapping[str, Any]) -> str:
    name, value = next(iter(facts["test"].items()))
    return f"{name} {value:.4f} on the test part"


def _gated(facts: Mapping[str, Any]) -> str:
    refused = [gate for gate in facts["gates"] if not gate["passed"]]
    return f"refused: {refused[0]['reason']}" if refused else f"{len(facts['gates'])} gates passed"


def _promoted(facts: Mapping[str, Any]) -> str:
    return f"version {facts['version']} is {facts['alias']}" if facts["promoted"] else str(facts["reason"])


_DETAILS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "ingest": _ingested,
    "validate": _validated,
    "validate_table": _validated,
    "transform": lambda facts: f"{facts['rows']:,} rows, {facts['columns']} columns",
    "split": _split,
    "train": _trained,
    "evaluate": _scored,
    "gate": _gated,
    "register": lambda facts: f"{facts['name']} version {facts['version']}",
    "promote": _promoted,
    "track": lambda facts: f"MLflow run {facts['mlflow_run_id'][:8]}",
}


def summary(report: RunReport, task: str | None, place_of: PlaceOf | None = None) -> list[str]:
    """The lines at the end of a run: what happened, how good it is, where to look, what to do next."""
    lines = ["", _headline(report)]
    lines += _metrics(report)
    lines += _gates(report, place_of)
    lines += _model(report)
    track = report.facts("track")
    if track and report.status != "failed":
        lines.append(f"  page     {_from_here(str(track.get('page')))}")
        lines.append(f"  MLflow   run {track.get('mlflow_run_id')} in {_from_here(str(track.get('tracking_uri')))}")
    if report.error is None:
        lines += ["", *_next(report, task)]
    return lines


def _from_here(address: str) -> str:
    """A path or a database's address, shortened where it is below this folder: it works the same from here."""
    here = f"{Path.cwd()}{os.sep}"
    return address.replace(f"sqlite:///{here}", "sqlite:///").removeprefix(here)


def _headline(report: RunReport) -> str:
    counts = {
        status: sum(outcome.status == status for outcome in report.outcomes)
        for status in ("ran", "reused", "skipped", "failed")
    }
    what = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    if report.status == "done" and not report.did_work:
        return f"{report.pipeline}: nothing changed, nothing ran ({what}) in {seconds_text(report.seconds)}"
    verdict = {"done": "done", "refused": "refused by a gate", "failed": "failed"}[report.status]
    return f"{report.pipeline}: {verdict} in {seconds_text(report.seconds)} ({what})"


def _metrics(report: RunReport) -> list[str]:
    scores = report.facts("evaluate")
    if not scores or report.error is not None:
        return []
    champion = (report.facts("gate").get("champion") or {}).get("metrics", {})
    heads = ["metric", "this model", "naive"] + (["champion before"] if champion else [])
    rows = [heads]
    for name, value in scores.get("test", {}).items():
        row = [name, _number(value), _number(scores.get("baseline", {}).get(name))]
        rows.append(row + ([_number(champion.get(name))] if champion else []))
    widths = [max(len(row[i]) for row in rows) for i in range(len(heads))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return [f"  {line}".rstrip() for line in lines]


def _number(value: Any) -> str:
    return "-" if value is None else f"{value:.4f}"


def _gates(report: RunReport, place_of: PlaceOf | None) -> list[str]:
    if report.error is not None:
        return []
    lines = []
    for index, gate in enumerate(report.facts("gate").get("gates", ())):
        said = f"  gate     {'passed' if gate['passed'] else 'REFUSED':<8}{gate['reason'] or gate['rule']}"
        place = place_of(f"gates.{index}") if place_of and not gate["passed"] else None
        lines.append(f"{said} ({place})" if place else said)
    return lines


def _model(report: RunReport) -> list[str]:
    model = report.model
    if model is None:
        return ["  model    not registered: the champion stays"] if report.status == "refused" else []
    promote = report.facts("promote")
    if model["alias"]:
        note = f"is {model['alias']}"
    elif promote and not promote.get("promoted"):
        note = f"was not promoted: {promote.get('reason')}"
    else:
        note = f"is no longer champion; `headrace promote {report.pipeline} {model['version']}` makes it champion again"
    return [f"  model    {model['name']} version {model['version']} {note}"]


def _next(report: RunReport, task: str | None) -> list[str]:
    name = report.pipeline
    kind = "regressor" if task == "regression" else "classifier"
    if report.status == "refused":
        return [
            "next:",
            f"  headrace run {name} model.params.…=…        change the model and try again",
            f"  headrace run {name} -m …                    try many at once",
        ]
    if report.model is None:
        return []
    return [
        "next:",
        f"  headrace predict {name} --data IN.csv --out OUT.csv    score a file with the champion",
        f"  headrace serve {name}                                  answer over HTTP",
        f"  headrace run {name} model=random_forest_{kind}     try another model",
    ]
