from __future__ import annotations

from typing import Any

import pytest

from config_folder import ProjectFolder
from headrace.config.transform_sql import understand

SQL = "conf/dataset/flights.sql"
FLIGHTS = "conf/dataset/flights.yaml"


def test_the_file_becomes_the_query_and_is_among_the_files(project: ProjectFolder) -> None:
    spec, composed = project.compile()
    assert spec.dataset.transform.query.endswith("LEFT JOIN weather w USING (day)")
    assert composed.files[-1] == project.root / SQL
    assert str(composed.place_of("dataset.transform.query")) == f"{SQL}:1:1"


@pytest.mark.parametrize(("tail", "kept"), [(";", ""), (" ; ;\n", ""), ("; -- done", ""), (" -- done\n", " -- done")])
def test_only_what_ends_the_statement_is_cut_off(project: ProjectFolder, tail: str, kept: str) -> None:
    project.edit(SQL, ";\n", tail)
    assert project.compile()[0].dataset.transform.query.endswith(f"USING (day){kept}")


def test_the_file_is_looked_for_beside_the_yaml_that_names_it(project: ProjectFolder) -> None:
    project.write({"conf/pipeline/own.sql": "SELECT 1 AS late"})
    project.edit("conf/pipeline/late.yaml", "gates:", "dataset: {transform: {file: own.sql}}\ngates:")
    assert "conf/pipeline/own.sql" in [path.relative_to(project.root).as_posix() for path in _files_read(project)]


def _files_read(project: ProjectFolder) -> tuple[Any, ...]:
    from headrace.config.transform_sql import attach

    composed, problems = attach(project.compose(), project.conf, project.root)
    assert problems == ()
    return composed.files


def test_an_override_names_a_file_of_the_dataset(project: ProjectFolder) -> None:
    project.write({"conf/dataset/other.sql": (project.root / SQL).read_text()})
    assert project.compile("dataset.transform.file=other.sql")[1].files[-1].name == "other.sql"


@pytest.mark.parametrize(
    ("name", "message", "remedy"),
    [
        ("flight.sql", "there is no conf/dataset/flight.sql", "did you mean flights.sql?"),
        ("../../secret.sql", "`../../secret.sql` is outside the configuration folder", "put the SQL file beside"),
        ("/etc/passwd", "`/etc/passwd` is outside the configuration folder", "put the SQL file beside"),
    ],
)
def test_a_file_that_cannot_be_used(project: ProjectFolder, name: str, message: str, remedy: str) -> None:
    project.edit(FLIGHTS, "file: flights.sql", f"file: {name}")
    found = project.problem()
    assert (found.code, str(found.place), found.message) == ("HR158", f"{FLIGHTS}:4:30", message)
    assert found.remedy.startswith(remedy)


def test_a_link_that_leads_outside_is_refused(project: ProjectFolder) -> None:
    (project.root / "outside.sql").write_text("SELECT 1")
    (project.conf / "dataset" / "link.sql").symlink_to(project.root / "outside.sql")
    assert "outside" in project.problem("dataset.transform.file=link.sql").message


def test_a_file_that_is_not_utf8(project: ProjectFolder) -> None:
    project.write({SQL: b"SELECT '\xff'"})
    assert project.problem().message == "flights.sql is not UTF-8"


def test_a_file_that_is_longer_than_any_query(project: ProjectFolder) -> None:
    project.write({SQL: "SELECT " + "a, " * 70_000 + "b FROM flights"})
    assert project.problem().message == "flights.sql has 210,021 bytes: a query has at most 200,000"


def test_file_and_query_exclude_each_other_and_one_is_needed(project: ProjectFolder) -> None:
    assert "both" in project.problem("+dataset.transform.query='SELECT 1'").message
    assert project.problem("~dataset.transform.file").message == "the transform has no SQL"


def test_a_missing_file_does_not_hide_other_problems(project: ProjectFolder) -> None:
    assert [found.code for found in project.problems("dataset.transform.file=x.sql", "task=x")] == ["HR158", "HR143"]


def test_a_syntax_error_is_shown_in_the_sql(project: ProjectFolder) -> None:
    project.edit(SQL, "LEFT JOIN weather", "LEFT JOIN JOIN weather")
    found = project.problem()
    assert (found.code, str(found.place)) == ("HR159", f"{SQL}:2:31")
    assert found.message == 'the SQL cannot be parsed: syntax error at or near "weather"'
    assert found.excerpt.splitlines()[0] == "2 | FROM flights f LEFT JOIN JOIN weather w USING (day);"


def test_a_table_that_is_no_source(project: ProjectFolder) -> None:
    project.edit(SQL, "weather w", "wether w")
    found = project.problem()
    assert (str(found.place), found.message) == (f"{SQL}:2:26", "there is no source `wether` to select from")
    assert found.remedy == "did you mean weather? There are: flights, weather"


def test_sql_within_the_yaml_is_shown_too(project: ProjectFolder) -> None:
    block = "\n  type: sql\n  query: |\n    SELECT id, distance, temp, carrier, day, late\n      FROM flihts"
    project.edit(FLIGHTS, "{type: sql, file: flights.sql}", block)
    found = project.problem()
    assert (found.code, str(found.place)) == ("HR159", f"{FLIGHTS}:8:12")
    assert found.excerpt.splitlines()[0] == "8 |       FROM flihts"


def test_sql_on_one_line_of_yaml_has_the_place_of_its_value(project: ProjectFolder) -> None:
    query = "SELECT id, distance, temp, carrier, day, late FROM flihts"
    project.edit(FLIGHTS, "file: flights.sql", f"query: '{query}'")
    found = project.problem()
    assert str(found.place) == f"{FLIGHTS}:4:31"
    assert found.excerpt.splitlines()[0] == f"1 | {query}"


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("SELECT a, t.b, c AS d FROM t", ("a", "b", "d")),
        ("FROM t SELECT a", ("a",)),
        ("WITH x AS (SELECT * FROM t) SELECT a FROM x", ("a",)),
        ("SELECT a FROM t UNION ALL SELECT b FROM t", ("a",)),
        ("(SELECT a FROM t)", ("a",)),
        ("SELECT a FROM t UNION ALL BY NAME SELECT b FROM t", None),
        ("SELECT * EXCLUDE (a) FROM t", None),
        ("SELECT t.* FROM t", None),
        ("SELECT sum(a) FROM t", None),
        ("SELECT unnest(s, recursive := true) AS s FROM t", None),
        ("PIVOT t ON a USING sum(b)", None),
    ],
)
def test_the_columns_of_a_result(query: str, columns: tuple[str, ...] | None) -> None:
    known = understand(query)
    assert (known.columns, known.problem) == (columns, "")


def test_tables_that_the_query_itself_defines_are_no_sources() -> None:
    query = "WITH x AS (SELECT * FROM t) SELECT * FROM x, read_csv('f'), other.y"
    assert {table.name for table in understand(query).tables} == {"t", "read_csv(…)", "other.y"}


@pytest.mark.parametrize(
    "query",
    ["", "-- nothing", "SELECT 1; SELECT 2", "CREATE TABLE x AS SELECT 1", "ATTACH 'x'", "SET a = 1", "COPY t TO 'x'"],
)
def test_what_is_not_one_select(query: str) -> None:
    assert understand(query).problem


def test_what_is_too_much_for_a_parser_is_not_given_to_one() -> None:
    assert understand("SELECT " + "a, " * 70_000 + "b").problem == "it has 210,008 characters, and may have 200,000"
    assert understand("SELECT " + "(" * 1_000).problem.startswith("brackets or signs are nested more than 200 levels")


def test_what_duckdb_reads_is_not_refused_because_another_parser_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlglot
    from sqlglot.errors import ParseError

    def cannot(*_: object, **__: object) -> object:
        raise ParseError("unheard of")

    monkeypatch.setattr(sqlglot, "parse", cannot)
    assert understand("SELECT a FROM t -- read by DuckDB alone").problem == ""
    assert understand("SELECT a FROM -- not even by DuckDB").problem.startswith("syntax error")
