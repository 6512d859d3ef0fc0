from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headrace.data.files import observe
from headrace.data.tables import read_table
from headrace.data.time_column import ALWAYS
from headrace.errors import DataError, StageError
from headrace.stages.contract import StageResult
from headrace.stages.ingest import run
from stage_calls import context, outputs, world


def ingest(root: Path, as_of: datetime | None = None, **sources: dict[str, Any]) -> StageResult:
    config = {"sources": {name: {"type": "csv", **source} for name, source in sources.items()}}
    observed = observe(config, world(root))
    return run(context(config, root / "out", root=root, as_of=as_of, observed=observed))


def refusal(root: Path, as_of: datetime | None = None, **sources: dict[str, Any]) -> DataError:
    with pytest.raises(DataError) as caught:
        ingest(root, as_of, **sources)
    return caught.value


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "trips.csv").write_text(
        "id,left\n1,2013-01-01T10:00:00Z\n2,2013-01-02T10:00:00Z\n3,2013-01-03T10:00:00Z\n"
    )
    (tmp_path / "plain.csv").write_text("id,x\n1,a\n2,b\n")
    return tmp_path


def test_each_source_becomes_one_table_and_its_facts(project: Path) -> None:
    result = ingest(project, trips={"path": "trips.csv", "time_column": "left"}, plain={"path": "plain.csv"})
    assert outputs(project / "out") == ["plain.parquet", "trips.parquet"]
    assert read_table(project / "out" / "plain.parquet").to_dict(as_series=False) == {"id": [1, 2], "x": ["a", "b"]}
    trips = result.facts["sources"]["trips"]
    assert (trips["rows"], trips["columns"], trips["newest"]) == (3, 2, "2013-01-03T10:00:00+00:00")
    digest = world(project).digest_file(project / "plain.csv")
    assert result.facts["sources"]["plain"] == {
        "rows": 2,
        "columns": 2,
        "newest": None,
        "files": [{"path": "plain.csv", "digest": digest, "size": 13}],
    }


def test_rows_from_as_of_on_are_not_there_yet(project: Path) -> None:
    source = {"path": "trips.csv", "time_column": "left"}
    result = ingest(project, datetime(2013, 1, 3, 10, tzinfo=UTC), trips=source)
    assert read_table(project / "out" / "trips.parquet")["id"].to_list() == [1, 2]
    assert result.holds_after is None
    assert result.facts["sources"]["trips"]["newest"] == "2013-01-02T10:00:00+00:00"


def test_what_left_nothing_out_holds_after_the_newest_row(project: Path) -> None:
    source = {"path": "trips.csv", "time_column": "left"}
    newest = datetime(2013, 1, 3, 10, tzinfo=UTC)
    assert ingest(project, None, trips=source).holds_after == newest
    assert ingest(project, datetime(2013, 1, 3, 10, 0, 1, tzinfo=UTC), trips=source).holds_after == newest
    assert ingest(project, datetime(2020, 1, 1, tzinfo=UTC), plain={"path": "plain.csv"}).holds_after == ALWAYS


def test_the_newest_source_decides_and_one_cut_source_is_enough(project: Path) -> None:
    (project / "old.csv").write_text("day\n2001-01-01\n")
    trips, old = {"path": "trips.csv", "time_column": "left"}, {"path": "old.csv", "time_column": "day"}
    assert ingest(project, None, trips=trips, old=old).holds_after == datetime(2013, 1, 3, 10, tzinfo=UTC)
    assert ingest(project, datetime(2013, 1, 2, tzinfo=UTC), trips=trips, old=old).holds_after is None


@pytest.mark.parametrize(
    ("texts", "as_of", "kept"),
    [
        (["2013-01-01", "2013-01-02"], datetime(2013, 1, 2, tzinfo=UTC), 1),
        (["2013-01-01", "2013-01-02"], datetime(2013, 1, 2, 0, 0, 1, tzinfo=UTC), 2),
        (["2013-01-01T12:00:00", "2013-01-01T13:00:00"], datetime(2013, 1, 1, 13, tzinfo=UTC), 1),
        (["2013-01-01T12:00:00+05:00", "2013-01-01T12:00:00-05:00"], datetime(2013, 1, 1, 12, tzinfo=UTC), 1),
        (["1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z"], datetime(1970, 1, 1, tzinfo=UTC), 1),
    ],
)
def test_dates_and_naive_times_are_taken_as_utc(tmp_path: Path, texts: list[str], as_of: datetime, kept: int) -> None:
    (tmp_path / "a.csv").write_text("t,n\n" + "".join(f"{text},1\n" for text in texts))
    ingest(tmp_path, as_of, a={"path": "a.csv", "time_column": "t"})
    assert read_table(tmp_path / "out" / "a.parquet").height == kept


def test_row_numbers_count_before_anything_is_cut(project: Path) -> None:
    source = {"path": "trips.csv", "time_column": "left", "row_number": "row"}
    ingest(project, datetime(2013, 1, 3, tzinfo=UTC), trips=source)
    assert read_table(project / "out" / "trips.parquet")["row"].to_list() == [1, 2]


def test_row_numbers_go_on_from_file_to_file(project: Path) -> None:
    for name in ("1", "2"):
        (project / f"part-{name}.csv").write_text("x\n" + f"{name}\n" * 100_000)
    ingest(project, parts={"path": "part-*.csv", "row_number": "row"})
    frame = read_table(project / "out" / "parts.parquet")
    assert frame["row"].to_list() == list(range(1, 200_001))
    assert frame.filter(pl.col("row") == 100_001)["x"].item() == 2


def test_parquet_sources_are_cut_and_counted_alike(tmp_path: Path) -> None:
    times = pa.array([datetime(2013, 1, 1, tzinfo=UTC), datetime(2013, 1, 2, tzinfo=UTC)], pa.timestamp("ns", "UTC"))
    pq.write_table(pa.table({"t": times}), tmp_path / "a.parquet")
    source = {"type": "parquet", "path": "a.parquet", "time_column": "t", "row_number": "row"}
    assert ingest(tmp_path, datetime(2013, 1, 2, tzinfo=UTC), a=source).facts["sources"]["a"]["rows"] == 1
    assert read_table(tmp_path / "out" / "a.parquet")["row"].to_list() == [1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("t,n\n2013-01-01,1\n,2\n", "has empty fields"),
        ("t,n\nsoon,1\n", "is string, not a date or time"),
        ("t,n\n5,1\n", "is int64, not a date or time"),
    ],
)
def test_a_time_column_must_say_when(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "a.csv").write_text(content)
    error = refusal(tmp_path, a={"path": "a.csv", "time_column": "t"})
    assert message in error.message
    assert error.key == "dataset.sources.a.time_column"
    assert outputs(tmp_path / "out") == []


def test_a_clock_before_all_rows_is_an_error(project: Path) -> None:
    early = datetime(2000, 1, 1, tzinfo=UTC)
    error = refusal(project, early, trips={"path": "trips.csv", "time_column": "left"})
    assert "no row of left is before 2000-01-01T00:00:00+00:00" in error.message


def test_a_faulty_source_leaves_no_table(project: Path) -> None:
    (project / "bad.csv").write_text("a,b\n1,2\n3\n")
    error = refusal(project, bad={"path": "bad.csv"})
    assert "bad.csv:3" in error.message
    assert error.key == "dataset.sources.bad.path"
    assert outputs(project / "out") == []


def test_equal_input_gives_equal_bytes(project: Path) -> None:
    sources = {"trips": {"path": "trips.csv"}, "plain": {"path": "plain.csv"}}
    contents = []
    for _ in range(2):
        ingest(project, **sources)
        contents.append([(project / "out" / name).read_bytes() for name in outputs(project / "out")])
    assert contents[0] == contents[1]


def test_a_file_that_changed_since_it_was_observed_is_not_taken(project: Path) -> None:
    config = {"sources": {"plain": {"type": "csv", "path": "plain.csv"}}}
    observed = observe(config, world(project))
    (project / "plain.csv").write_text("id,x\n1,a\n2,c\n")
    with pytest.raises(StageError, match="changed while they were read") as caught:
        run(context(config, project / "out", root=project, observed=observed))
    assert caught.value.retryable


def test_it_imports_no_more_than_it_needs() -> None:
    code = (
        "import sys, headrace.stages.ingest;"
        "print(sorted({'polars', 'duckdb', 'pandas', 'pandera', 'sqlglot', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
