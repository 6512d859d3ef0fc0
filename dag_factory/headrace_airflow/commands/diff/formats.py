"""The forms in which `headrace dags diff` tells what differs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from headrace.change.document import Moment, ScheduleChange
from headrace.counted import counted
from headrace.errors import shown
from headrace_airflow.commands.diff.document import DagChange, DagsDiff, FieldChange, TaskChange

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
#: What Airflow does that a reader may not expect.
_STATES = {
    "added": "added",
    "removed": "removed",
    "changed": "changed",
    "mended": "mended: it compiles again",
    "breaks": "breaks: it no longer compiles",
    "broken": "broken, as before",
}


def _as_text(diff: DagsDiff) -> str:
    lines = [f"against {diff.against} ({diff.commit[:10]})", ""]
    for dag in diff.dags:
        lines += [f"{dag.name}  {_STATES[dag.state]}", *(f"  {line}" for line in _told(dag)), ""]
    return shown("\n".join([*lines, _summary(diff)])) + "\n"


def _summary(diff: DagsDiff) -> str:
    same = f"{counted(diff.unchanged, 'DAG')} unchanged"
    if not diff.dags:
        return f"no DAG changes; {same}"
    return f"{counted(len(diff.dags), 'DAG')} differ{'s' if len(diff.dags) == 1 else ''}; {same}"


def _told(dag: DagChange) -> Iterator[str]:
    yield from _plan(dag)
    yield from (_field("~", change) for change in dag.fields)
    if dag.state == "changed":
        for names, task in _alike(dag.tasks):
            yield f"{_SIGNS[task.fate]} task{'s' if len(names) > 1 else ''} {', '.join(names)}"
            yield from (f"  {_field('~', change)}" for change in task.fields)
    elif dag.tasks:
        yield f"{_SIGNS[dag.tasks[0].fate]} tasks {', '.join(task.name for task in dag.tasks)}"
    yield from (f"+ edge {before} → {after}" for before, after in dag.edges_added if dag.state == "changed")
    yield from (f"- edge {before} → {after}" for before, after in dag.edges_removed if dag.state == "changed")
    if dag.schedule is not None:
        yield from _schedule(dag.schedule)
    for diagnostic in dag.diagnostics:
        yield from str(diagnostic).splitlines()


def _plan(dag: DagChange) -> Iterator[str]:
    before, after = (digest[:12] if digest else None for digest in (dag.plan_before, dag.plan_after))
    if before and after and before != after:
        yield f"~ plan {before} → {after}" + (": the same tasks run another plan" if dag.is_plan_only else "")
    elif before != after and (after or before):
        yield f"plan {after or before}"


def _field(sign: str, change: FieldChange) -> str:
    before, after = (value if value is not None else "(default)" for value in (change.before, change.after))
    return f"{sign} {change.path}: {before} → {after}"


def _alike(tasks: Sequence[TaskChange]) -> Iterator[tuple[Sequence[str], TaskChange]]:
    """Tasks to which the same happens, once, with their names."""
    groups: dict[tuple[str, tuple[FieldChange, ...]], list[TaskChange]] = {}
    for task in tasks:
        groups.setdefault((task.fate, task.fields), []).append(task)
    for group in groups.values():
        yield [task.name for task in group], group[0]


def _schedule(schedule: ScheduleChange) -> Iterator[str]:
    yield f"~ schedule: {schedule.before or '(none)'} → {schedule.after or '(none)'}"
    yield from _runs("next runs before", schedule.next_before)
    yield from _runs("next runs after", schedule.next_after)
    if schedule.backfill:
        more = "more than " if schedule.backfill_is_more else ""
        yield f"  {more}{schedule.backfill} runs for the past start at once"
    yield from (f"  {note}" for note in schedule.notes)


def _runs(label: str, moments: Sequence[Moment]) -> Iterator[str]:
    if moments:
        yield f"  {label}: {', '.join(moment.local for moment in moments)}"


def _as_markdown(diff: DagsDiff) -> str:
    lines = [f"### DAGs against {_code(diff.against)} ({_code(diff.commit[:10])})", ""]
    for dag in diff.dags:
        told = list(_told(dag))
        lines += [f"**{_code(dag.name)}** {_STATES[dag.state]}", ""]
        lines += [_fence("\n".join(told)), ""] if told else []
    return shown("\n".join([*lines, _summary(diff)])) + "\n"


def _code(text: str) -> str:
    """Text of names inside a code span: nothing in it is Markdown."""
    return f"`{text.replace('`', chr(39))}`"


def _fence(text: str) -> str:
    """Text in a fence that is longer than any within it; `diff` colours its lines."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}diff\n{text.replace('~ ', '! ')}\n{fence}"


def _as_json(diff: DagsDiff) -> str:
    return json.dumps(diff.to_json(), indent=2, ensure_ascii=False) + "\n"


#: Name of a format -> the text of it.
FORMATS: Mapping[str, Callable[[DagsDiff], str]] = {"text": _as_text, "markdown": _as_markdown, "json": _as_json}
