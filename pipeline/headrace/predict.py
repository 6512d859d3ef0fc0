"""Scores a file with the champion: every column that comes in goes out again, with the predictions behind them."""

from __future__ import annotations

import csv
import gzip
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headrace.errors import DataError, UsageError
from headrace.registry import champion_files

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from headrace.tracking import Settings
    from headrace_features.scoring import Scorer

_CSV, _PARQUET = (".csv", ".csv.gz"), (".parquet", ".pq")
#: What stands for a missing number in text files.
_MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Summary:
    """What was scored, by what, and where it went."""

    model: str
    version: str
    alias: str
    rows: int
    columns: tuple[str, ...]
    """The columns that were added."""
    out: Path


def predict(settings: Settings, name: str, alias: str, data: Path, out: Path) -> Summary:
    """Score `data` (CSV, also gzipped, or Parquet) with the version that carries the alias, and write `out` whole.

    UsageError: no champion yet, or a file ending that says nothing. DataError: a file that cannot be read, is empty,
    or lacks what the model needs. ServiceError: the registry.
    """
    is_csv = _is_csv(data, "read")
    _is_csv(out, "write")
    if not data.is_file():
        raise UsageError(f"{data} does not exist", remedy="name a CSV or Parquet file after --data")
    with champion_files(settings, name, alias) as files:
        scorer = files.scorer()
        table = _read_csv(data, scorer.info, typed=not _is_csv(out, "write")) if is_csv else _read_parquet(data)
        predictions = _score(scorer, table, data, is_text=is_csv)
    _write(_joined(table, predictions, data), out)
    return Summary(name, files.version, alias, table.num_rows, tuple(predictions.columns), out)


def _is_csv(path: Path, verb: str) -> bool:
    text = path.name.lower()
    if text.endswith(_CSV):
        return True
    if text.endswith(_PARQUET):
        return False
    endings = ", ".join((*_CSV, *_PARQUET))
    raise UsageError(f"cannot tell how to {verb} {path}", remedy=f"give it an ending that says what it is: {endings}")


def _read_parquet(path: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from error


def _read_csv(path: Path, info: Mapping[str, Any], *, typed: bool) -> pa.Table:
    """All columns as the text that they are, so that they can be written unchanged; `typed` for Parquet to be."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    names = _header(path)
    texts = info["features"]["categorical"] if typed else names
    types = {name: pa.string() for name in texts if name in names}
    convert = arrow_csv.ConvertOptions(
        column_types=types, null_values=list(_MISSING), strings_can_be_null=False, quoted_strings_can_be_null=False
    )
    parse = arrow_csv.ParseOptions(newlines_in_values=True)
    try:
        return arrow_csv.read_csv(path, parse_options=parse, convert_options=convert)
    except (pa.ArrowException, OSError, EOFError) as error:
        raise _unreadable(path, error) from error


def _header(path: Path) -> list[str]:
    """The first line's names. A name that stands there twice could be either column's."""
    try:
        with _open_text(path, "rt") as file:
            names = next(csv.reader(file), [])
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error) from error
    if not any(names):
        raise DataError(f"{path} is empty", remedy="its first line names the columns")
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise DataError(f"{path}: the header names {', '.join(repeated)} twice", remedy="give each column its own name")
    return names


def _score(scorer: Scorer, table: pa.Table, path: Path, *, is_text: bool) -> pd.DataFrame:
    from headrace_features.columns import InputError

    features = scorer.info["features"]
    needed = [*features["numeric"], *features["categorical"]]
    missing = [name for name in needed if name not in table.column_names]
    if missing:
        raise DataError(f"{path} has no column {', '.join(missing)}", remedy=f"the model needs {', '.join(needed)}")
    if table.num_rows == 0:
        raise DataError(f"{path} has no rows", remedy="there is nothing to score")
    if is_text:
        table = features_of_text(table, features["numeric"], scorer.info, path)
    try:
        return scorer.predict(table.select(needed).to_pandas())
    except InputError as error:
        raise DataError(f"{path}: {error}", remedy="score a table like the one that the model learned from") from error


def features_of_text(table: pa.Table, numeric: Sequence[str], info: Mapping[str, Any], path: Path) -> pa.Table:
    """Features of a CSV file, typed: numbers from text, and an empty field is a missing category."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kinds = info.get("input_dtypes", {})
    for name in (*numeric, *info["features"]["categorical"]):
        column = table.column(name)
        if pa.types.is_string(column.type):
            if name in numeric:
                column = _numbers(name, column, path)
            else:
                column = pc.if_else(pc.equal(column, ""), None, column)
                column = _as_learned(column, kinds.get(name, "string"))
            table = table.set_column(table.column_names.index(name), name, column)
    return table


def _numbers(name: str, texts: pa.ChunkedArray, path: Path) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    stripped = pc.utf8_trim_whitespace(texts)
    known = pc.if_else(pc.is_in(stripped, value_set=pa.array(_MISSING)), None, stripped)
    truths = pa.array(["true", "false"])
    known = pc.if_else(pc.is_in(pc.utf8_lower(known), value_set=truths), _as_digits(known), known)
    try:
        return pc.cast(known, pa.float64())
    except pa.ArrowInvalid as error:
        row, value = next((row, value) for row, value in enumerate(known.to_pylist(), 1) if not _is_number(value))
        raise DataError(
            f"{path}: column {name} must hold numbers, and row {row} holds {value!r}",
            remedy="correct it, or leave the field empty if the value is not known",
        ) from error


def _as_digits(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    return pc.if_else(pc.equal(pc.utf8_lower(texts), "true"), "1", "0")


def _as_learned(texts: pa.ChunkedArray, kind: str) -> pa.ChunkedArray:
    """Categories that were numbers or booleans in training, as such again: `5.0` is the category `5` then."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = {"long": pa.float64(), "double": pa.float64(), "boolean": pa.bool_()}.get(kind)
    if wanted is None:
        return texts
    try:
        return pc.cast(texts, wanted)
    except pa.ArrowInvalid:
        return texts  # something new among them: a category that the model has not seen


def _is_number(text: str | None) -> bool:
    try:
        float(text or "0")
    except ValueError:
        return False
    return True


def _joined(table: pa.Table, predictions: pd.DataFrame, path: Path) -> pa.Table:
    import pyarrow as pa

    taken = [name for name in predictions.columns if name in table.column_names]
    if taken:
        raise DataError(
            f"{path} has a column {', '.join(taken)} already", remedy="rename it: predictions are added under that name"
        )
    for name in predictions.columns:
        table = table.append_column(str(name), pa.array(predictions[name].to_numpy(), from_pandas=True))
    return table


def _write(table: pa.Table, out: Path) -> None:
    """Under another name first: a reader sees the whole file or none."""
    import pyarrow.parquet as pq

    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{uuid.uuid4().hex[:8]}.{out.name}")
    try:
        if _is_csv(out, "write"):
            _write_csv(table, part)
        else:
            pq.write_table(table, part, compression="zstd", write_page_checksum=True)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _write_csv(table: pa.Table, path: Path) -> None:
    """As the standard library writes it: quotes where a field needs them, and a field that came in as it was."""
    with _open_text(path, "wt") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.column_names)
        for batch in table.to_batches(max_chunksize=10_000):
            columns = [[_field(value) for value in column.to_pylist()] for column in batch.columns]
            writer.writerows(zip(*columns, strict=True))


def _field(value: Any) -> Any:
    """Truth in JSON's words, and as JSON what has no form in CSV: lists and structures."""
    if isinstance(value, bool | list | dict):
        return json.dumps(value, default=str)
    return value


def _open_text(path: Path, mode: str) -> Any:
    opener: Any = gzip.open if path.name.lower().endswith(".gz") else open
    encoding = "utf-8-sig" if "r" in mode else "utf-8"
    return opener(path, mode, encoding=encoding, newline="")


def _unreadable(path: Path, error: Exception) -> DataError:
    text = str(error).strip().split("\n", 1)[0]
    return DataError(f"{path} cannot be read: {text}", remedy="check the file: CSV is UTF-8 text with a header line")
