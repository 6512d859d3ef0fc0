"""The document for a terminal: one screen that says it all, then the details."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headrace.change import wording
from headrace.change.document import Change, PipelineChange, ValueChange
from headrace.counted import counted

#: Values that are shown of one pipeline or group of pipelines; `--format json` has all.
_MOST_VALUES = 15


def as_text(change: Change) -> str:
    """Summary, risks, values, details, what cannot be undone, notes."""
    blocks = [[wording.title(change)], _summary(change), _risks(change), *_values(change)]
    details = [(pipeline.name, tuple(_details(pipeline))) for pipeline in change.pipelines]
    blocks += [[wording.names(members), *lines] for members, lines in wording.alike(details) if lines]
    blocks += [_irreversible(change), [f"note: {note}" for note in change.notes]]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _summary(change: Change) -> list[str]:
    lines = [(pipeline.name, wording.headline(pipeline)) for pipeline in change.pipelines]
    rows = [(wording.names(members), text) for members, text in wording.alike(lines)]
    width = max((len(name) for name, _ in rows), default=0)
    return [f"  {name.ljust(width)}  {text}" for name, text in rows]


def _risks(change: Change) -> list[str]:
    if not change.risks:
        return []
    lines = ["risks"]
    for risk in change.risks:
        lines.append(f"  {risk.severity.upper().ljust(6)}  {wording.names(risk.pipelines)}: {risk.message}")
        lines.append(f"          {risk.reason}{_at(wording.place(risk.place))}")
    return lines


def _values(change: Change) -> Iterator[list[str]]:
    groups: dict[tuple[str, ...], list[ValueChange]] = {}
    for value in change.values:
        groups.setdefault(value.pipelines, []).append(value)
    for pipelines, values in groups.items():
        yield [f"values of {wording.names(pipelines)}", *_rows(values[:_MOST_VALUES]), *_rest(values)]


def _rows(values: Sequence[ValueChange]) -> Iterator[str]:
    cells = [(value.path, _move(value), wording.places(value)) for value in values]
    widths = [min(44, max(len(row[column]) for row in cells)) for column in (0, 1)]
    for path, move, where in cells:
        yield f"  {path.ljust(widths[0])}  {move.ljust(widths[1])}  {where}".rstrip()


def _move(value: ValueChange) -> str:
    if value.before is None:
        return f"+ {value.after}"
    return f"{value.before} → {value.after}" if value.after is not None else f"- {value.before}"


def _rest(values: Sequence[ValueChange]) -> list[str]:
    more = len(values) - _MOST_VALUES
    return [f"  and {counted(more, 'more value')}: --format json lists them"] if more > 0 else []


def _details(pipeline: PipelineChange) -> Iterator[str]:
    for label, lines in _parts(pipeline):
        for index, line in enumerate(lines):
            yield f"  {(label if index == 0 else '').ljust(9)} {line}"
    for diagnostic in pipeline.diagnostics:
        yield from (f"  {line}" for line in str(diagnostic).splitlines())


def _parts(pipeline: PipelineChange) -> Iterator[tuple[str, list[str]]]:
    if pipeline.renamed_from:
        yield (
            "renamed",
            [f"was {pipeline.renamed_from}: {round((pipeline.likeness or 0) * 100)} % of its values are the same"],
        )
    if pipeline.stages and pipeline.state in ("added", "mended"):
        yield "stages", [", ".join(stage.name for stage in pipeline.stages)]
    elif pipeline.stages:
        yield "stages", [f"{label}: {what}" for label, what in wording.stage_lines(pipeline.stages)]
    if pipeline.sources:
        yield "data", [wording.source_text(source) for source in pipeline.sources]
    if pipeline.sql is not None:
        yield "SQL", list(wording.sql_lines(pipeline.sql))
    if pipeline.features:
        yield "features", list(wording.feature_lines(pipeline.features))
    if pipeline.gates:
        yield "gates", [_gate(gate.fate, gate.before, gate.after) for gate in pipeline.gates]
    if pipeline.schedule is not None:
        yield "schedule", list(wording.schedule_lines(pipeline.schedule))
    if pipeline.cost is not None:
        yield "cost", [wording.cost_text(pipeline.cost).removeprefix("cost "), *pipeline.cost.notes]


def _gate(fate: str, before: str, after: str) -> str:
    return f"{fate}: {before} → {after}" if before and after else f"{fate}: {before or after}"


def _irreversible(change: Change) -> list[str]:
    if not change.irreversible:
        return []
    lines = ["cannot be undone by a revert"]
    for item in change.irreversible:
        lines += [f"  {wording.names(item.pipelines)}: {item.message}", f"    {item.remedy}"]
    return lines


def _at(where: str) -> str:
    return f"  ({where})" if where else ""
