"""The document as GitHub's Markdown: what YAML says stands in code spans, so that none of it is markup or a mention."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from headrace.change import wording
from headrace.change.document import Change, Cost, PipelineChange, ValueChange
from headrace.change.wording import names
from headrace.counted import counted

#: Values that are listed; the JSON document has all.
_MOST_VALUES = 25
_SIGNS = {"high": "🔴 high", "medium": "🟠 medium", "low": "🟡 low"}
#: Also what GitHub makes links of: addresses, GH-26, @names and #26.
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#!|~$&@:]|(?<=\bGH)-|(?<=\bwww)\.", re.IGNORECASE)


def as_markdown(change: Change) -> str:
    """Summary first, then risks, values, and each pipeline's details folded away."""
    blocks = [f"### headrace plan\n\n{plain(_sentence(wording.title(change)))}", _summary(change), _risks(change)]
    details = [(pipeline.name, tuple(_items(pipeline))) for pipeline in change.pipelines]
    blocks += [_values(change), *(_details(members, lines) for members, lines in wording.alike(details) if lines)]
    blocks += [_irreversible(change), "\n".join(f"> {plain(note)}" for note in change.notes)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def code(text: str) -> str:
    """A code span that holds any text: its fence is longer than any run of backticks in it."""
    flat = " ".join(text.split()) or " "
    fence = "`" * (max((len(run) for run in re.findall(r"`+", flat)), default=0) + 1)
    edge = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{edge}{flat}{edge}{fence}"


def plain(text: str) -> str:
    """Text without any markup: every sign that Markdown, HTML or a mention begins with is written out."""
    flat = " ".join(text.split())
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", flat)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _summary(change: Change) -> str:
    lines = [(pipeline.name, wording.headline(pipeline)) for pipeline in change.pipelines]
    rows = [(code(names(members)), plain(text)) for members, text in wording.alike(lines)]
    return _table(("pipeline", "what happens"), rows)


def _risks(change: Change) -> str:
    rows = [
        (
            _SIGNS[risk.severity],
            code(names(risk.pipelines)),
            code(risk.message),
            plain(risk.reason),
            _where(wording.place(risk.place)),
        )
        for risk in change.risks
    ]
    table = _table(("risk", "pipeline", "what", "why", "where"), rows)
    return f"#### Risks\n\n{table}" if rows else ""


def _values(change: Change) -> str:
    if not change.values:
        return ""
    rows = [_row(value) for value in change.values[:_MOST_VALUES]]
    more = len(change.values) - _MOST_VALUES
    rest = f"\n\nand {counted(more, 'more value')}" if more > 0 else ""
    return f"#### Values\n\n{_table(('value', 'before', 'after', 'where', 'pipelines'), rows)}{rest}"


def _row(value: ValueChange) -> tuple[str, ...]:
    before = "" if value.before is None else code(value.before)
    after = "" if value.after is None else code(value.after)
    return code(value.path), before, after, _where(wording.places(value)), code(names(value.pipelines))


def _where(place: str) -> str:
    return code(place) if place else ""


def _details(members: Sequence[str], lines: Sequence[str]) -> str:
    summary = f"<details><summary><code>{plain(names(members))}</code></summary>"
    return "\n".join([summary, "", *lines, "", "</details>"])


def _items(pipeline: PipelineChange) -> Iterator[str]:
    if pipeline.renamed_from:
        yield f"- was {code(pipeline.renamed_from)}"
    if pipeline.state in ("added", "mended"):
        yield f"- stages: {code(', '.join(stage.name for stage in pipeline.stages))}"
    else:
        yield from (f"- {label}: {code(what)}" for label, what in wording.stage_lines(pipeline.stages))
    yield from (f"- data: {code(wording.source_text(source))}" for source in pipeline.sources)
    if pipeline.sql is not None:
        yield from (f"- SQL: {code(line)}" for line in wording.sql_lines(pipeline.sql))
    yield from (f"- features: {code(line)}" for line in wording.feature_lines(pipeline.features))
    for gate in pipeline.gates:
        yield f"- gate {gate.fate}: {' → '.join(code(text) for text in (gate.before, gate.after) if text)}"
    if pipeline.schedule is not None:
        yield from (f"- schedule: {code(line)}" for line in wording.schedule_lines(pipeline.schedule))
    if pipeline.cost is not None:
        yield f"- {plain('; '.join([_cost(pipeline.cost), *pipeline.cost.notes]))}"
    for found in pipeline.diagnostics:
        where = f"{found.place} " if found.place else ""
        yield f"- {found.severity} {found.code}: {code(f'{where}{found.message}')}"


def _cost(cost: Cost) -> str:
    return "cost unknown" if cost.seconds is None else f"cost: {wording.cost_text(cost)}"


def _irreversible(change: Change) -> str:
    rows = [
        f"- {code(names(item.pipelines))}: {plain(item.message)} ({plain(item.remedy)})" for item in change.irreversible
    ]
    return "\n".join(["#### Cannot be undone by a revert", "", *rows]) if rows else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]  # plain text has none, and code spans need it
    lines = [head, ["---"] * len(head), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
