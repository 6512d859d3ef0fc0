"""Hostile SQL at run time: only the declared sources are there, and every query ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headrace.config.schema.dataset import SqlLimits, SqlTransform
from headrace.data.sql import run_sql
from headrace.errors import HeadraceError

Refusal = Callable[..., HeadraceError]
frame_in_python = pa.table({"secret": [1]})


@pytest.fixture
def refusal(tmp_path: Path) -> Refusal:
    source, other, out = tmp_path / "t.parquet", tmp_path / "other.parquet", tmp_path / "out"
    pq.write_table(pa.table({"a": [1, 2, 3], "b": ["x", "y", "z"]}), source)
    pq.write_table(pa.table({"a": [1]}), other)
    (tmp_path / "x.csv").write_text("a\n1\n")
    out.mkdir()

    def run(query: str, **limits: str) -> HeadraceError:
        query = query.replace("HERE", str(tmp_path))
        transform = SqlTransform(type="sql", query=query, limits=SqlLimits(**limits))
        with pytest.raises(HeadraceError) as raised:
            run_sql(transform, None, {"t": source}, out)
        assert not list(out.iterdir()), "nothing is left"
        return raised.value

    return run


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/proc/self/environ')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM parquet_metadata('HERE/other.parquet')",
        "SELECT * FROM read_parquet('HERE/other.parquet')",
        "SELECT * FROM read_parquet('HERE/t.parquet')",
        "SELECT * FROM 'HERE/other.parquet'",
        "SELECT * FROM 'HERE/x.csv'",
        "SELECT * FROM 'x.csv'",
        "SELECT * FROM read_json('http://127.0.0.1:9/x')",
        "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
        "SELECT * FROM frame_in_python",
        "SELECT * FROM source",
        "SELECT getenv('HOME') AS home",
        "SELECT current_setting('temp_directory') AS folder",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM duckdb_views()",
        "SELECT * FROM duckdb_databases()",
        "SELECT * FROM information_schema.views",
        "SELECT sql FROM sqlite_master",
        "SELECT * FROM pg_catalog.pg_class",
        "SELECT * FROM memory.main.t",
        "FROM (SHOW ALL TABLES)",
        "SHOW TABLES",
        "SELECT * FROM query('SELECT random() AS r')",
        "SELECT * FROM query_table('duckdb_settings')",
        "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
        "SELECT (SELECT count(*) FROM duckdb_functions()) AS n FROM t",
        "WITH x AS (SELECT * FROM read_text('/etc/hosts')) SELECT 1 AS one FROM t",
        "SELECT a FROM t WHERE a IN (SELECT size FROM read_text('/etc/passwd'))",
        "FROM (DESCRIBE SELECT * FROM duckdb_settings())",
        "SELECT * FROM sqlite_scan('HERE/x.db', 't')",
    ],
)
def test_nothing_but_the_sources_is_read(refusal: Refusal, query: str) -> None:
    error = refusal(query)
    assert error.key == "dataset.transform.query"
    assert error.exit_code == 1
    assert not error.retryable


@pytest.mark.parametrize(
    "query",
    [
        "COPY (SELECT 1) TO 'HERE/stolen.csv'",
        "COPY t TO 'HERE/stolen.parquet'",
        "EXPORT DATABASE 'HERE/stolen'",
        "ATTACH 'HERE/stolen.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "CREATE TABLE stolen AS SELECT 1",
        "CREATE MACRO f(x) AS x",
        "DROP VIEW t",
        "BEGIN TRANSACTION",
        "SELECT 1; SELECT 2",
        "SELECT 1; SET enable_external_access = true; SELECT * FROM read_text('/etc/passwd')",
        "WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone",
        "PREPARE p AS SELECT 1",
        "EXPLAIN ANALYZE SELECT 1",
    ],
)
def test_nothing_is_done_but_a_select(refusal: Refusal, tmp_path: Path, query: str) -> None:
    assert refusal(query).key == "dataset.transform.query"
    assert not list(tmp_path.glob("stolen*"))


@pytest.mark.parametrize(
    "query",
    [
        "WITH RECURSIVE r AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM r) SELECT max(x) AS m FROM r",
        "SELECT count(*) AS n FROM range(100000) a, range(100000) b, range(100000) c",
    ],
)
def test_a_query_without_end_is_ended(refusal: Refusal, query: str) -> None:
    before = monotonic()
    error = refusal(query, time="1s", memory="200MB", disk="200MB")
    assert monotonic() - before < 10
    assert error.key == "dataset.transform.limits"
    assert error.message == "the SQL did not end within 1s"


def test_memory_and_disk_have_an_end(refusal: Refusal) -> None:
    error = refusal("SELECT list(x.range) AS l FROM range(100000000) x", memory="100MB", disk="50MB", time="60s")
    assert "Out of Memory" in error.message
    error = refusal("SELECT range, hash(range) AS h FROM range(100000000)", disk="1MB", time="60s")
    assert error.key == "dataset.transform.limits"
