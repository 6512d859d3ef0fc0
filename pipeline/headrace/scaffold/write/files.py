"""The files of a new pipeline, each as the text that will be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from headrace.config.schema.dataset import CsvSource
from headrace.config.schema.modelling import TimeSplit
from headrace.scaffold.decide.bounds import least_rows
from headrace.scaffold.decide.columns import ColumnChoice
from headrace.scaffold.decide.draft import Draft
from headrace.scaffold.write.yaml_text import comment, entry, flow, scalar

_METRICS = {
    "binary": ("roc_auc", "average_precision", "log_loss", "accuracy"),
    "multiclass": ("accuracy", "balanced_accuracy", "f1_macro", "log_loss"),
    "regression": ("r2", "root_mean_squared_error", "mean_absolute_error"),
}
#: Which of them gates look at, and how much worse than the champion a new model may be by chance.
_GATE = {"binary": ("roc_auc", 0.01), "multiclass": ("accuracy", 0.02), "regression": ("r2", 0.02)}
#: How much worse than guessing a model may be by chance, where none is surely better.
_WEAK = {"binary": 0.1, "multiclass": 0.1, "regression": 0.25}
_PATH = "path"


def texts(draft: Draft, rules: Mapping[str, Mapping[str, Any]], file_name: str) -> dict[str, str]:
    """Path below conf/ -> text."""
    made = {
        f"pipeline/{draft.name}.yaml": _joined(_pipeline(draft, file_name)),
        f"dataset/{draft.name}.yaml": _joined(_dataset(draft, file_name)),
        f"validation/{draft.name}.yaml": _joined(_validation(draft, rules)),
    }
    if draft.needs_sql:
        what = f"-- One row per row of {file_name}: the columns that the model needs, read as what they mean.\n"
        made[f"dataset/{draft.name}.sql"] = what + draft.query()
    return made


def _joined(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


def _pipeline(draft: Draft, file_name: str) -> Iterator[str]:
    target = draft.target
    question = f"Predicts {' '.join(target.column.split())} from {file_name}."
    yield "# @package _global_"
    yield from comment(f"{question} Written by `headrace new` on seeing {draft.rows:,} rows: what it guessed says so.")
    yield "defaults:"
    yield f"  - /dataset: {draft.name}"
    yield f"  - /model: {draft.model_option}"
    yield f"  - override /validation: {draft.name}"
    yield "  - _self_"
    yield ""
    yield from entry("description", question)
    for note in target.notes:
        yield from comment(note)
    yield f"task: {target.task}"
    named: dict[str, Any] = {"column": target.column}
    if target.task == "binary":
        named["positive"] = target.positive
    yield from entry("target", named)
    yield from _features(draft)
    yield from _split(draft)
    yield from _model(draft)
    yield from _judging(draft)


def _features(draft: Draft) -> Iterator[str]:
    whys = {column.name: column.why for column in draft.columns}
    whys |= {part.name: part.note for part in draft.derived}
    yield "features:"
    for kind in ("numeric", "categorical"):
        names: tuple[str, ...] = getattr(draft, kind)
        if names:
            yield f"  {kind}:"
            yield from (_item(name, whys.get(name, ""), 4) for name in names)
    left = [column for column in draft.columns if column.role in ("out", "id", "group") and column.name]
    if left:
        yield "  # left out:"
        yield from (line for column in left for line in comment(f"{_shown(column)}: {_why(column)}", 2))


def _item(name: str, why: str, indent: int) -> str:
    return f"{' ' * indent}- {scalar(name)}" + (f"  # {why}" if why else "")


def _shown(column: ColumnChoice) -> str:
    return " ".join(column.name.split())[:80]


def _why(column: ColumnChoice) -> str:
    return column.why if column.role != "group" else f"{column.why}: what is learned of one says nothing of a new one"


def _split(draft: Draft) -> Iterator[str]:
    assert draft.split is not None
    yield from comment(draft.split.why)
    values = draft.split.split.model_dump(mode="json", exclude_none=True)
    yield from entry("split", values)


def _model(draft: Draft) -> Iterator[str]:
    for note in draft.model_notes:
        yield from comment(note)
    if draft.model_changes:
        yield "model:"
        for key, value in draft.model_changes.items():
            yield from entry(key, value, 2)


def _judging(draft: Draft) -> Iterator[str]:
    metric, slack = _GATE[draft.target.task]
    yield from entry("metrics", _METRICS[draft.target.task])
    yield "gates:  # all must pass, or the champion stays; tighten them when you know what is good enough"
    naive: dict[str, Any] = {"metric": metric, "baseline": "naive", "min_improvement": 0}
    if draft.doubt:
        yield from comment(
            f"{draft.doubt}: the first gate has slack, so that chance in the test rows refuses nothing; "
            "write min_improvement: 0 when that no longer holds",
            2,
        )
        naive = {"metric": metric, "baseline": "naive", "max_degradation": _slack(draft)}
    gates = (
        naive,
        {"metric": metric, "baseline": "champion", "max_degradation": slack, "if_absent": "pass"},
    )
    yield from (f"  - {flow(gate)}" for gate in gates)


def _slack(draft: Draft) -> float:
    """What is allowed below guessing: twice as much where the newest rows are the test, for what drifts."""
    assert draft.split is not None
    return _WEAK[draft.target.task] * (2 if isinstance(draft.split.split, TimeSplit) else 1)


def _dataset(draft: Draft, file_name: str) -> Iterator[str]:
    dataset = draft.dataset(with_query=False)
    source = dataset.sources[draft.name]
    yield from comment(f"{file_name}: {draft.rows + draft.target.missing:,} rows, {len(draft.columns)} columns.")
    yield "sources:"
    yield f"  {draft.name}:"
    yield f"    type: {source.type}"
    yield from entry(_PATH, source.path, 4)
    for note in draft.source_notes.get(_PATH, ()):
        yield from comment(note, 4)
    for key, value in _written(source).items():
        notes = draft.source_notes.get(key, ())
        for note in notes[:10]:
            yield from comment(note, 4)
        yield from entry(key, value, 4)
    if draft.row_number:
        note = "no column names a row: its place in the file does, as long as rows are only added at the end"
        yield from comment(note, 4)
        yield from entry("row_number", draft.row_number, 4)
    if draft.needs_sql:
        yield f"transform: {{type: sql, file: {draft.name}.sql}}"
    yield from entry("row_id", [draft.row_id])


def _written(source: Any) -> dict[str, Any]:
    """The keys of a source that differ from their defaults."""
    if not isinstance(source, CsvSource):
        return {"types": source.types} if source.types else {}
    keys = ("separator", "quote", "encoding", "skip_rows", "header", "columns", "decimal", "null_values", "types")
    plain = CsvSource(type="csv", path=source.path)
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key in keys
        if (value := getattr(source, key)) != getattr(plain, key)
    }


def _validation(draft: Draft, rules: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    table = "table" if draft.needs_sql else draft.name
    yield from comment(
        "What the table must be like before anything learns from it. Bounds are those of the file that was seen, "
        "with room; what only looked closed warns. Narrow them where you know better."
    )
    yield f"{table}:"
    yield from entry("rows", {"min": least_rows(draft.rows)}, 2)
    if rules:
        yield "  columns:"
        for name, found in rules.items():
            yield from entry(name, dict(found), 4)
