"""The page that Airflow shows for a DAG, written from the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from headrace.errors import Diagnostic
from headrace.plan.model import Plan

#: Values that a reader looks for first, by their dotted path.
_SHOWN = (
    "task",
    "target.column",
    "target.positive",
    "model.type",
    "split.method",
    "split.test",
    "schedule.cron",
    "schedule.timezone",
    "runtime.retries",
    "runtime.timeout",
    "registry.alias",
)


def document(plan: Plan) -> str:
    """Markdown: what the pipeline is for, its stages, its values with the places they were written, its commands."""
    return "\n\n".join(part for part in _parts(plan) if part) + "\n"


def document_problems(name: str, diagnostics: Sequence[Diagnostic]) -> str:
    """Markdown for a pipeline that does not compile: everything that is wrong with it."""
    problems = "\n\n".join(str(diagnostic) for diagnostic in diagnostics)
    return (
        f"# {_plain(name)}\n\nThis pipeline does not compile, so it has no schedule and no stages.\n\n"
        f"{_block(problems)}\n\nMend the configuration, and the pipeline is back when Airflow next reads the file. "
        f"To check at once:\n\n{_block('headrace lint')}\n"
    )


def _parts(plan: Plan) -> Iterator[str]:
    spec = plan.spec
    yield f"# {_plain(plan.pipeline)}"
    yield _plain(spec["description"])
    yield "Stages: " + " → ".join(_plain(stage.name) for stage in plan.stages)
    yield _features(spec["features"])
    yield _gates(spec["gates"])
    yield _values(plan)
    if plan.notes:
        yield "\n".join(f"- {_plain(note)}" for note in plan.notes)
    yield f"Plan {_code(plan.digest)}"
    yield _block(f"headrace run {plan.pipeline}\nheadrace dags test {plan.pipeline}")


def _features(features: Mapping[str, Any] | None) -> str:
    if not features:
        return ""
    kinds = ((kind, features[kind]) for kind in ("numeric", "categorical") if features[kind])
    return "\n".join(f"- {kind} features: {', '.join(_code(name) for name in names)}" for kind, names in kinds)


def _gates(gates: Iterable[Mapping[str, Any]]) -> str:
    rules = [f"- gate: {_code(_rule(gate))}" for gate in gates]
    return "\n".join(rules)


def _rule(gate: Mapping[str, Any]) -> str:
    bounds = (f"{key}: {value}" for key, value in gate.items() if key != "metric" and value is not None)
    return f"{gate['metric']} {', '.join(bounds)}"


def _values(plan: Plan) -> str:
    rows = [
        f"| {_code(key)} | {_code(str(value))} | {_code(str(plan.place_of(key) or 'default'))} |"
        for key in _SHOWN
        if (value := _at(plan.spec, key)) is not None
    ]
    return "\n".join(["| value | is | written at |", "|---|---|---|", *rows])


def _at(values: Any, key: str) -> Any:
    for part in key.split("."):
        values = values.get(part) if isinstance(values, Mapping) else None
    return values


def _code(text: str) -> str:
    """Text of a YAML file inside a code span, in a table or not: nothing in it is Markdown."""
    return "`" + " ".join(text.replace("`", "'").replace("|", "\\|").split()) + "`"


def _plain(text: str) -> str:
    """Text of a YAML file in a paragraph: line breaks stay, marks of Markdown and HTML lose their meaning."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in text)


def _block(text: str) -> str:
    """Text in a fence that is longer than any within it."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}\n{fence}"
