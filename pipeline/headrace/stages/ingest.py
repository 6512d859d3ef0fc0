"""ingest: a snapshot of every source as one Parquet file each, of the rows that the run may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from headrace.config.schema.dataset import CsvSource, Source
from headrace.config.schema.strict import Names, Part
from headrace.data.csv import read_csv
from headrace.data.files import SourceFile, locate, table_file
from headrace.data.parquet import read_parquet
from headrace.data.tables import whole_numbers, write_table
from headrace.data.time_column import ALWAYS, Clock
from headrace.errors import DataError, StageError
from headrace.stages.contract import StageContext, StageResult


class IngestConfig(Part):
    """The slice of ingest."""

    sources: dict[str, Source]
    data_roots: Names = ()
    """Folders, besides the project, that sources may read."""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What was kept of one source."""

    rows: int
    columns: int
    newest: datetime | None
    is_cut: bool
    """Rows were left out because they are not before the run's `as_of`."""


def run(ctx: StageContext) -> StageResult:
    """Write `SOURCE.parquet` for each source. DataError, with its place, for what cannot be read exactly."""
    config = IngestConfig.model_validate(dict(ctx.config))
    snapshots: dict[str, _Snapshot] = {}
    facts: dict[str, Any] = {}
    for name, source in config.sources.items():
        files = locate(name, source.path, ctx.root, config.data_roots)
        snapshot = _take(name, source, files, table_file(name, ctx.out), ctx.as_of)
        digests = _unchanged(name, files, ctx.observed[name]["files"])
        ctx.log.info("source read", source=name, rows=snapshot.rows, files=len(files))
        snapshots[name] = snapshot
        facts[name] = _facts(snapshot, files, digests)
    return StageResult({"sources": facts}, holds_after=_holds_after(snapshots.values()))


def _take(name: str, source: Source, files: Sequence[SourceFile], out: Path, as_of: datetime | None) -> _Snapshot:
    def write(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> _Snapshot:
        clock = Clock(name, source.time_column, as_of) if source.time_column else None
        if source.row_number:
            schema = schema.append(pa.field(source.row_number, pa.int64()))
            batches = _numbered(batches, schema)
        kept = batches if clock is None else (clock.cut(batch) for batch in batches)
        rows = write_table(out, schema, kept)
        is_cut = clock is not None and clock.left_out > 0
        return _Snapshot(rows, len(schema), clock.newest if clock else None, is_cut)

    try:
        if isinstance(source, CsvSource):
            snapshot = read_csv(name, source, files, write)
        else:
            snapshot = read_parquet(name, source, files, write)
    except Exception:
        out.unlink(missing_ok=True)
        raise
    if not snapshot.rows:
        raise _no_rows(name, source, snapshot, as_of)
    return snapshot


def _numbered(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    count = 0
    for batch in batches:
        numbers = whole_numbers(np.arange(count + 1, count + batch.num_rows + 1, dtype=np.int64))
        yield pa.RecordBatch.from_arrays([*batch.columns, numbers], schema=schema)
        count += batch.num_rows


def _no_rows(name: str, source: Source, snapshot: _Snapshot, as_of: datetime | None) -> DataError:
    if snapshot.is_cut and as_of is not None:
        message = f"no row of {source.time_column} is before {as_of.isoformat()}, the end of the run's interval"
        remedy, key = "run for a later time (--as-of), or start the schedule later", "time_column"
    else:
        message, remedy, key = f"{source.path} has no rows", "have the file made again", "path"
    return DataError(f"source {name}: {message}", remedy=remedy, key=f"dataset.sources.{name}.{key}")


def _unchanged(name: str, files: Sequence[SourceFile], observed: Mapping[str, str]) -> dict[str, str]:
    """The files' digests, if they still are what the key was made of."""
    digests: dict[str, str] = {}
    for file in files:
        with file.path.open("rb") as content:
            digests[file.name] = file_digest(content, "sha256").hexdigest()
    if digests != dict(observed):
        raise StageError(f"source {name}: its files changed while they were read", remedy="run again when they rest")
    return digests


def _facts(snapshot: _Snapshot, files: Sequence[SourceFile], digests: Mapping[str, str]) -> dict[str, Any]:
    return {
        "rows": snapshot.rows,
        "columns": snapshot.columns,
        "newest": snapshot.newest.isoformat() if snapshot.newest else None,
        "files": [{"path": f.name, "digest": digests[f.name], "size": f.path.stat().st_size} for f in files],
    }


def _holds_after(snapshots: Iterable[_Snapshot]) -> datetime | None:
    """With everything taken, the snapshots hold for every later clock."""
    taken = list(snapshots)
    if any(snapshot.is_cut for snapshot in taken):
        return None
    return max((snapshot.newest for snapshot in taken if snapshot.newest), default=ALWAYS)
