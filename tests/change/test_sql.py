from __future__ import annotations

from headrace.change.document import SqlChange
from headrace.change.sql import sql_change
from headrace.plan.model import Plan

QUERY = "WITH x AS (SELECT * FROM t) SELECT a, b + 1 AS c FROM x JOIN u ON x.id = u.id WHERE a > 1"


def plan(query: str | None) -> Plan:
    return Plan("p", {"dataset": {"transform": query and {"type": "sql", "query": query}}}, ())


def changed(after: str, before: str = QUERY) -> SqlChange | None:
    return sql_change(plan(before), plan(after))


def test_layout_and_comments_are_no_change() -> None:
    found = changed(
        "with x as (select *\n from t) -- all\n"
        "SELECT a, /* one more */ b+1 c\nFROM x INNER JOIN u ON x.id=u.id WHERE a>1"
    )

    assert found is not None
    assert found.is_layout
    assert changed(QUERY) is None
    assert sql_change(plan(None), plan(QUERY)) is None


def test_columns_by_what_becomes_of_them() -> None:
    found = changed(QUERY.replace("a, b + 1 AS c", "b + 2 AS c, d"))

    assert found == SqlChange(added=("d",), removed=("a",), changed=("c",))


def test_what_decides_the_rows() -> None:
    assert changed(QUERY.replace("a > 1", "a > 2")) == SqlChange(rows=("WHERE",))
    assert changed(QUERY.replace("JOIN", "LEFT JOIN")) == SqlChange(rows=("JOIN",))
    assert changed(QUERY.replace("FROM t", "FROM t WHERE z")) == SqlChange(rows=("WITH",))
    assert changed(QUERY + " LIMIT 5") == SqlChange(rows=("LIMIT",))
    assert changed(QUERY.replace("SELECT a", "SELECT DISTINCT a")) == SqlChange(rows=("DISTINCT",))


def test_another_order_of_columns() -> None:
    assert changed(QUERY.replace("a, b + 1 AS c", "b + 1 AS c, a")) == SqlChange(rows=("the order of columns",))


def test_what_cannot_be_compared_says_so() -> None:
    assert changed("SELECT 1 UNION SELECT 2") == SqlChange(rows=("SELECT",))
    found = changed("SELECT ((")
    assert found is not None
    assert found.unknown
