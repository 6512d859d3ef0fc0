"""From a run's documents to what MLflow shows of it. Pure: nothing is asked and nothing is written."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from headrace.tracking.runs import Dataset

#: The parts of a Spec that decide what is learned: the rest says where and when.
_PARTS = ("task", "target", "features", "split", "model", "metrics", "gates", "seed", "dataset")
#: Whole files of SQL are artifacts; their digest is in the plan.
_TOO_LONG = ("dataset.transform.query",)
_NAME = re.compile(r"[^\w\-. :/]")
_MAX_PARAMS = 500
_MAX_STEPS = 400


def params_of(spec: Mapping[str, Any], overrides: list[str], as_of: str | None) -> dict[str, str]:
    """Configuration values by dotted path, written as in YAML: `model.params.max_depth` -> `8`."""
    leaves = {path: value for part in _PARTS for path, value in _leaves(part, spec.get(part)) if path not in _TOO_LONG}
    params = {_name(path): _text(value) for path, value in leaves.items()}
    params["as_of"] = as_of or "everything"
    if overrides:
        params["overrides"] = " ".join(overrides)
    return dict(list(params.items())[:_MAX_PARAMS])


def note_of(description: str, run_url: str | None) -> str:
    """What MLflow shows above a run: what the pipeline is for, and the way back to the scheduler's page of the run."""
    link = f"[The run in Airflow](<{run_url}>)" if run_url else ""
    return "\n\n".join(part for part in (description, link) if part)


def metrics_of(scores: Mapping[str, Any], stages: list[Mapping[str, Any]]) -> dict[str, float]:
    """Test metrics by their names, others as `validation_…` and `baseline_…`, and `seconds_STAGE`; finite ones only."""
    named = {
        **scores.get("test", {}),
        **{f"validation_{name}": value for name, value in scores.get("validation", {}).items()},
        **{f"baseline_{name}": value for name, value in scores.get("baseline", {}).items()},
        **{f"rows_{part}": count for part, count in scores.get("rows", {}).items()},
        **{f"seconds_{stage['name']}": stage["seconds"] for stage in stages if stage.get("status") == "ran"},
    }
    return {_name(name): float(value) for name, value in named.items() if _is_finite(value)}


def curves_of(info: Mapping[str, Any]) -> dict[str, tuple[float, ...]]:
    """What an estimator reported round by round while it learned, thinned to a few hundred steps."""
    history = info.get("training", {}).get("history")
    curves: dict[str, tuple[float, ...]] = {}
    for path, values in _series("training", history):
        step = max(1, math.ceil(len(values) / _MAX_STEPS))
        curves[_name(path)] = tuple(values[::step])
    return curves


def datasets_of(
    spec: Mapping[str, Any], ingest: Mapping[str, Any], columns: Mapping[str, Mapping[str, str]]
) -> tuple[Dataset, ...]:
    """One dataset for each source, by what was read of it. `ingest` is the facts of that stage."""
    declared = spec.get("dataset", {}).get("sources", {})
    return tuple(
        Dataset(
            name=name,
            digest=source_digest(facts),
            source=str(declared.get(name, {}).get("path", name)),
            rows=facts.get("rows"),
            columns=columns.get(name, {}),
        )
        for name, facts in ingest.get("sources", {}).items()
    )


def source_digest(facts: Mapping[str, Any]) -> str:
    """Fingerprint of a source: of its one file, or of the list of its files."""
    from headrace.plan.model import digest_of

    digests = [str(file["digest"]) for file in facts.get("files", ())]
    return digests[0] if len(digests) == 1 else digest_of(digests)


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(f"{path}.{key}", item)
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        for place, item in enumerate(value):
            yield from _leaves(f"{path}.{place}", item)
    elif value is not None or path.startswith("model.params."):
        yield path, value


def _text(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value)
    return str(value)


def _name(path: str) -> str:
    return _NAME.sub("_", path)[:250]


def _series(path: str, value: Any) -> Iterator[tuple[str, list[float]]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _series(f"{path}_{key}", item)
    elif isinstance(value, list) and value and all(_is_finite(item) for item in value):
        yield path, [float(item) for item in value]


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
