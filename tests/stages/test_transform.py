from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from headrace.data.tables import read_table, write_frame
from headrace.errors import DataError
from headrace.stages.contract import StageResult
from headrace.stages.transform import run
from stage_calls import context, outputs

TRIPS = pl.DataFrame(
    {
        "id": [3, 1, 2],
        "car": ["b", "a", None],
        "miles": [1.5, 2.5, 3.5],
        "day": [date(2013, 1, 3), date(2013, 1, 1), date(2013, 1, 2)],
    }
)
CARS = pl.DataFrame({"car": ["a", "b"], "seats": [4, 2]})
Transform = Callable[..., StageResult]


@pytest.fixture
def transform(tmp_path: Path) -> Transform:
    for name, frame in (("trips", TRIPS), ("cars", CARS)):
        write_frame(tmp_path / f"{name}.parquet", frame)

    def call(query: str | None, row_id: list[str] | None = None, out: str = "out") -> StageResult:
        inputs = {name: tmp_path / f"{name}.parquet" for name in ("trips", "cars")}
        config = {"transform": {"type": "sql", "query": query}, "row_id": row_id}
        return run(context(config, tmp_path / out, inputs))

    return call


@pytest.fixture
def table(tmp_path: Path) -> Callable[[], pl.DataFrame]:
    return lambda: read_table(tmp_path / "out" / "table.parquet")


def refusal(transform: Transform, query: str | None, row_id: list[str] | None = None) -> DataError:
    with pytest.raises(DataError) as caught:
        transform(query, row_id)
    assert caught.value.remedy
    return caught.value


def test_sources_are_joined_and_ordered_by_row_id(transform: Transform, table: Any, tmp_path: Path) -> None:
    result = transform(
        "SELECT id, miles * 2 AS double, seats FROM trips LEFT JOIN cars USING (car);\n-- done\n", ["id"]
    )
    assert result.facts == {"rows": 3, "columns": 3}
    assert outputs(tmp_path / "out") == ["lineage.json", "table.parquet"]
    assert table().to_dict(as_series=False) == {"id": [1, 2, 3], "double": [5.0, 7.0, 3.0], "seats": [4, None, 2]}
    assert json.loads((tmp_path / "out" / "lineage.json").read_text()) == {
        "tables": {
            "table": {
                "id": {"sources": ["trips.id"]},
                "double": {"sources": ["trips.miles"]},
                "seats": {"sources": ["cars.seats"]},
            }
        }
    }


def test_without_row_id_rows_stay_in_their_order(transform: Transform, table: Any) -> None:
    transform("SELECT * FROM trips")
    assert table()["id"].to_list() == [3, 1, 2]


@pytest.mark.parametrize("end", [";", " ; -- done\n", "\n-- done", ";;", " /* ; */ ;"])
def test_how_a_query_ends_is_no_matter(transform: Transform, table: Any, end: str) -> None:
    transform(f"SELECT ';' AS sign, id FROM trips{end}", ["id"])
    assert table()["sign"].to_list() == [";"] * 3


def test_numbers_are_whole_or_floating(transform: Transform, table: Any) -> None:
    transform(
        "SELECT id, sum(id) AS total, id * 1.5 AS part, 0.5 AS half, count(*) AS n FROM trips GROUP BY id", ["id"]
    )
    assert table().schema == {"id": pl.Int64, "total": pl.Int64, "part": pl.Float64, "half": pl.Float64, "n": pl.Int64}
    assert table()["part"].to_list() == [1.5, 3.0, 4.5]


def test_days_are_in_utc(transform: Transform, table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    transform("SELECT CAST(TIMESTAMPTZ '2013-01-01 23:00:00+00' AS DATE) AS day FROM trips LIMIT 1")
    assert table()["day"].to_list() == [date(2013, 1, 1)]


@pytest.mark.parametrize(
    ("query", "message", "remedy"),
    [
        ("SELECT id\nFROM trips\nWHER id > 1", "(line 3: WHER id > 1)", "correct"),
        ("SELECT idd FROM trips", 'Referenced column "idd" not found', 'Candidate bindings: "id"'),
        ("SELECT id FROM tripps", "Table with name tripps does not exist", 'Did you mean "trips"'),
        ("SELECT\n  CAST(car AS INT) AS x\nFROM trips", "(line 2: CAST(car AS INT) AS x)", "correct"),
        ("SELECT id,\n  nope(car) AS x FROM trips", "nope does not exist", ""),
        ("SELECT CAST(2 AS HUGEINT) ** 100 AS x, 9223372036854775807::HUGEINT + id AS y FROM trips", "", "correct"),
        ("SELECT id, id FROM trips", "two columns named id", "AS"),
        ("SELECT id, miles AS ID FROM trips", "two columns named ID", "AS"),
        ("SELECT id FROM trips WHERE id > 100", "gives no rows", "joins and conditions"),
        ("SELECT INTERVAL 1 DAY AS gap, id FROM trips", "a column that a table cannot hold", "cast it"),
        ("SELECT now() AS t FROM trips", "the SQL uses now", "times from a column"),
        ("DROP TABLE trips", "a transform is one SELECT", "one statement"),
        ("SELECT 1; SELECT 2", "a transform is one SELECT", "one statement"),
        (None, "the transform has no SQL", "file: NAME.sql"),
    ],
)
def test_a_bad_query_is_an_error_with_its_line(
    transform: Transform, query: str | None, message: str, remedy: str
) -> None:
    error = refusal(transform, query)
    assert message in error.message
    assert remedy in error.remedy
    assert error.key == "dataset.transform.query"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM read_parquet('https://example.com/x.parquet')",
        "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM sqlite_scan('x.db', 't')",
        "SELECT getenv('HOME') AS home",
    ],
)
def test_nothing_but_the_sources_can_be_reached(transform: Transform, query: str) -> None:
    assert re.match("the SQL (fails|reads)", refusal(transform, query).message)


def test_another_tables_file_cannot_be_reached(transform: Transform, tmp_path: Path) -> None:
    write_frame(tmp_path / "other.parquet", CARS)
    refusal(transform, f"SELECT * FROM read_parquet('{tmp_path / 'other.parquet'}')")
    refusal(transform, f"SELECT * FROM read_parquet('{tmp_path}/*.parquet')")


@pytest.mark.parametrize(
    ("query", "row_id", "message"),
    [
        ("SELECT id FROM trips", ["idd"], "the table has no column idd"),
        ("SELECT car, id FROM trips", ["car"], "car, a part of row_id, is missing in 1 of 3 rows"),
        (
            "SELECT trips.id, 'x' AS kind FROM trips, cars",
            ["kind", "id"],
            "kind, id do not name a row: 3 rows repeat another's id, as x, 1; x, 2; x, 3",
        ),
    ],
)
def test_a_row_id_names_every_row_once(
    transform: Transform, tmp_path: Path, query: str, row_id: list[str], message: str
) -> None:
    error = refusal(transform, query, row_id)
    assert message in error.message
    assert error.key == "dataset.row_id"
    assert outputs(tmp_path / "out") == []


def test_paths_and_names_may_be_odd(tmp_path: Path) -> None:
    folder = tmp_path / "it's [odd]*" / "year=2013"
    folder.mkdir(parents=True)
    write_frame(folder / "blob", TRIPS)
    config = {"transform": {"type": "sql", "query": 'SELECT * FROM "my trips"'}, "row_id": None}
    result = run(context(config, folder / "out", {"my trips": folder / "blob"}))
    assert result.facts == {"rows": 3, "columns": 4}


def test_a_row_that_fails_late_is_an_error_about_the_sql(transform: Transform) -> None:
    query = "SELECT CASE WHEN n = 399999 THEN error('row ' || n) ELSE 'fine' END AS x FROM range(400000) AS r(n)"
    assert "row 399999" in refusal(transform, query).message


MANY = 400_000
QUERIES = {
    "a join": "SELECT a.n, a.g, b.label, a.x / 3 AS y FROM many AS a JOIN labels AS b ON a.g = b.g",
    "a sum": "SELECT g AS n, sum(x) AS total, avg(x) AS mean, count(*) AS c FROM many GROUP BY g",
    "a window": "SELECT n, row_number() OVER (PARTITION BY g ORDER BY g) AS k FROM many",
    "a list": "SELECT g AS n, string_agg(n, ',') AS ns FROM many GROUP BY g",
}


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("row_id", [["n"], None])
def test_equal_input_gives_equal_bytes(tmp_path: Path, name: str, row_id: list[str] | None) -> None:
    many = pl.select(n=pl.int_range(MANY)).with_columns(g=pl.col("n") * 7919 % 1000, x=(pl.col("n") * 0.1).sin())
    labels = pl.select(g=pl.int_range(1000)).with_columns(label=pl.format("group {}", "g"))
    inputs = {}
    for source, frame in (("many", many), ("labels", labels)):
        inputs[source] = tmp_path / f"{source}.parquet"
        write_frame(inputs[source], frame)
    config = {"transform": {"type": "sql", "query": QUERIES[name]}, "row_id": row_id}
    contents = set()
    for attempt in range(3):
        out = tmp_path / f"out {attempt}"
        run(context(config, out, inputs))
        contents.add((out / "table.parquet").read_bytes())
    assert len(contents) == 1


def test_the_recipe_does_not_reach_beyond_what_it_needs() -> None:
    code = (
        "import sys, headrace.stages.transform;"
        "print(sorted({'pandas', 'pandera', 'sklearn', 'mlflow', 'hydra'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
