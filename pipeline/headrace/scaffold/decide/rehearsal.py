"""Makes the table and its parts as a run will, to know that the decisions work before anything is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from headrace.data.files import observe
from headrace.data.tables import read_table
from headrace.errors import DataError
from headrace.scaffold.decide.draft import Draft
from headrace.scaffold.decide.split import split_choices
from headrace.scaffold.refusal import LAYOUT, SPLIT, RefusalError
from headrace.scaffold.survey.columns import Understood
from headrace.stages import ingest, split, transform
from headrace.stages.contract import StageContext, World

#: A label with fewer rows than one of these is left out, if no split gives each part some of it.
_RARE_STEPS = (0, 3, 5, 8, 12, 20)
_FEWEST_TEST_ROWS = 5
_SHARES = (0.04, 0.5)
_EVERY_LABEL = 2


class _Silent:
    def info(self, event: str, **facts: Any) -> None:
        """What happens in a rehearsal is nobody's news."""

    def warning(self, event: str, **facts: Any) -> None:
        """As above."""


def rehearse(draft: Draft, table: Understood, file: Path, folder: Path) -> Draft:
    """The draft with the first split that works; its parts are left in `folder`/parts. RefusalError if none does."""
    _ingest(draft, file, folder)
    for fewest in _RARE_STEPS if draft.target.task == "multiclass" else (0,):
        tried = _without_rare(draft, fewest)
        if tried is None:
            break
        for choice in split_choices(table.frame, tried.columns, tried.target, tried.rows):
            candidate = replace(tried, split=choice)
            if _splits(candidate, folder):
                return candidate
    raise RefusalError(
        SPLIT,
        "no way of splitting the rows gives the training and the test part enough of them",
        "get more rows, or more of the rare labels",
    )


def _without_rare(draft: Draft, fewest: int) -> Draft | None:
    """The draft without labels of fewer rows; None where too little would be left."""
    labels = draft.target.labels or {}
    rare = tuple(value for value, count in labels.items() if count < fewest)
    if not rare:
        return draft
    if len(labels) - len(rare) < _EVERY_LABEL:
        return None
    lost = sum(labels[value] for value in rare)
    shown = ", ".join(str(value) for value in rare[:10]) + (", …" if len(rare) > 10 else "")
    note = f"labels of fewer than {fewest} rows are left out ({lost} rows; {shown}): too few to learn from"
    kept = {value: count for value, count in labels.items() if value not in rare}
    target = replace(draft.target, rare=rare, labels=kept, notes=(*draft.target.notes, note))
    return replace(draft, target=target, rows=draft.rows - lost)


def _ingest(draft: Draft, file: Path, folder: Path) -> None:
    dataset = draft.dataset(with_query=True)
    source = dataset.sources[draft.name].model_copy(update={"path": file.name})
    config = {"sources": {draft.name: source.model_dump(mode="json")}}
    observed = observe(config, World(file.parent, folder, _digest))
    out = _folder(folder / "sources")
    try:
        ingest.run(StageContext(config, {}, out, observed, _Silent(), root=file.parent))
    except DataError as error:
        raise RefusalError(LAYOUT, error.message, error.remedy) from error


def _splits(draft: Draft, folder: Path) -> bool:
    """Whether the parts of this split have what a model needs."""
    table = folder / "sources" / f"{draft.name}.parquet"
    dataset = draft.dataset(with_query=True)
    assert draft.split is not None
    try:
        if dataset.transform is not None:
            made = _folder(folder / "table")
            config = {"transform": dataset.transform.model_dump(mode="json"), "row_id": [draft.row_id]}
            transform.run(StageContext(config, {draft.name: table}, made, {}, _Silent()))
            table = made / "table.parquet"
        parts = _folder(folder / "parts")
        slice_ = {
            "split": draft.split.split.model_dump(mode="json"),
            "row_id": [draft.row_id],
            "target": draft.target.column,
        }
        result = split.run(StageContext(slice_, {"table": table}, parts, {}, _Silent()))
    except DataError:
        return False
    return _is_sound(draft, parts, result.facts["rows"])


def _is_sound(draft: Draft, parts: Path, rows: dict[str, int]) -> bool:
    share = rows["test"] / sum(rows.values())
    if rows["test"] < _FEWEST_TEST_ROWS or not _SHARES[0] <= share <= _SHARES[1]:
        return False
    targets = {part: read_table(parts / f"{part}.parquet", [draft.target.column]).to_series() for part in rows}
    if draft.target.labels is None:
        return bool(targets["test"].n_unique() > 1 and targets["train"].n_unique() > 1)
    known = set(targets["train"].unique().to_list())
    others = [set(values.unique().to_list()) for part, values in targets.items() if part != "train"]
    return all(labels <= known and len(labels) >= _EVERY_LABEL for labels in others) and len(known) == len(
        draft.target.labels
    )


def _folder(path: Path) -> Path:
    import shutil

    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def _digest(path: Path) -> str:
    from hashlib import file_digest

    with path.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()
