from __future__ import annotations

from headrace.config.sql_calls import calls


def named(sql: str) -> list[tuple[str, bool]]:
    return [(call.name, call.outside) for call in calls(sql)]


def test_what_reaches_outside_and_what_changes() -> None:
    sql = "SELECT random() AS r, current_date, read_text('x') FROM read_csv('/etc/passwd')"
    assert named(sql) == [("random", False), ("current_date", False), ("read_text", True), ("read_csv", True)]


def test_names_texts_and_comments_do_not_count() -> None:
    assert named("SELECT t.now, 'now()' AS today, \"uuid\" FROM t -- random()") == []
