"""The page that Airflow shows for a DAG, written from the plan.

It names the file that each value was written in, not the line, and the plan, not the git commit: Airflow makes a new
version of a DAG when its documentation changes, and neither a comment that moves lines nor a commit to something else
changes anything.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from headrace.errors import Diagnostic, Place
from headrace.plan.model import Plan
from headrace.plan.values import Value, left_out, shown, values_of
from headrace.tracking.settings import is_link
from headrace_airflow.spec.markdown import code, lines
from headrace_airflow.spec.picture import picture

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
#: Parts that the page has no room for, and those that it shows already.
_LONG = ("dataset", "validation")
_ABOVE = ("description", "task", "target", "features", "gates")
#: What would end a link, or refers to a secret.
_UNSAFE = re.compile(r"[\s<>\\]|\$\{")


def document(plan: Plan) -> str:
    """Markdown: what the pipeline is for, its stages, its values with the places they were written, its commands."""
    return "\n\n".join(part for part in _parts(plan) if part) + "\n"


def document_problems(name: str, diagnostics: Sequence[Diagnostic]) -> str:
    """Markdown for a pipeline that does not compile: everything that is wrong with it."""
    problems = "\n\n".join(str(diagnostic) for diagnostic in diagnostics)
    return (
        f"# {_plain(name)}\n\nThis pipeline does not compile, so it has no schedule and no stages.\n\n"
        f"{lines(problems)}\n\nMend the configuration, and the pipeline is back when Airflow next reads the file. "
        f"To check at once:\n\n{lines('headrace lint')}\n"
    )


def _parts(plan: Plan) -> Iterator[str]:
    spec = plan.spec
    yield f"# {_plain(plan.pipeline)}"
    yield _plain(spec["description"])
    yield lines(picture(plan))
    yield _who(plan)
    yield _features(plan)
    yield _gates(plan)
    yield _values(plan)
    yield _everything(plan)
    if plan.notes:
        yield "\n".join(f"- {_plain(note)}" for note in plan.notes)
    yield (f"Plan {code(plan.digest)}. The git commit that a run began with is in its note, on its page and in MLflow.")
    yield lines(f"headrace run {plan.pipeline}\nheadrace dags test {plan.pipeline}")


def _who(plan: Plan) -> str:
    """Whom to ask, and where the runs are to be seen."""
    spec = plan.spec
    facts = [f"owner {code(spec['owner'])}"]
    if spec["tags"]:
        facts.append("tags " + ", ".join(code(tag) for tag in spec["tags"]))
    address = spec["tracking"]["uri"]
    if address and is_link(address) and not _UNSAFE.search(address):
        facts.append(f"runs in [MLflow](<{address}>)")
    return " · ".join(facts)


def _features(plan: Plan) -> str:
    features: Mapping[str, Any] = plan.spec["features"] or {}
    return "\n".join(
        f"- {kind} features: {', '.join(code(name) for name in features[kind])} ({_file(plan, f'features.{kind}')})"
        for kind in ("numeric", "categorical")
        if features.get(kind)
    )


def _gates(plan: Plan) -> str:
    gates: Iterable[Mapping[str, Any]] = plan.spec["gates"]
    rules = [f"- gate: {code(_rule(gate))} ({_file(plan, f'gates.{index}')})" for index, gate in enumerate(gates)]
    return "\n".join(rules)


def _rule(gate: Mapping[str, Any]) -> str:
    bounds = (f"{key}: {value}" for key, value in gate.items() if key != "metric" and value is not None)
    return f"{gate['metric']} {', '.join(bounds)}"


def _values(plan: Plan) -> str:
    rows = [
        f"| {code(key)} | {code(str(value))} | {_file(plan, key)} |"
        for key in _SHOWN
        if (value := _at(plan.spec, key)) is not None
    ]
    return "\n".join(["| value | is | written in |", "|---|---|---|", *rows])


def _file(plan: Plan, key: str) -> str:
    place = plan.place_of(key)
    return code(_shown(place) if place else "default")


def _shown(place: Place) -> str:
    return shown(Place(place.file))


def _everything(plan: Plan) -> str:
    """The files that the pipeline is made of, with what each wrote; long parts are only counted."""
    written: dict[str, list[Value]] = {}
    for value in values_of(plan):
        if value.place is not None:
            written.setdefault(_shown(value.place), []).append(value)
    parts = [f"- {code(file)}: {_entries(values)}" for file, values in written.items()]
    parts += [f"- left out: {code(key)} ({code(_shown(h[0].place))})" for key, h in left_out(plan).items()]
    command = f"{code(f'headrace explain {plan.pipeline}')} shows the lines, and what was replaced on the way."
    return "\n".join(["Where the values were written:", "", *parts, "", command]) if parts else ""


def _entries(values: Sequence[Value]) -> str:
    counted = Counter(top for value in values if (top := value.key.partition(".")[0]) in _LONG)
    listed = [_entry(value) for value in values if value.key.partition(".")[0] not in (*_LONG, *_ABOVE)]
    return ", ".join([*(f"{count} values of {code(top)}" for top, count in counted.items()), *listed]) or "see above"


def _entry(value: Value) -> str:
    earlier = [f"{w.text} in {_shown(w.place)}" for w in value.history if w.how != "written"]
    over = f" (over {code('; '.join(earlier))})" if earlier else ""
    return code(f"{value.key}: {json.dumps(value.value, ensure_ascii=False)}") + over


def _at(values: Any, key: str) -> Any:
    for part in key.split("."):
        values = values.get(part) if isinstance(values, Mapping) else None
    return values


def _plain(text: str) -> str:
    """Text of a YAML file in a paragraph: line breaks stay, marks of Markdown and HTML lose their meaning."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in text)
