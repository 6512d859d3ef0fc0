from __future__ import annotations

import pytest

from config_folder import ProjectFolder

DATASET = "conf/dataset/flights.yaml"
SQL = "conf/dataset/flights.sql"


def warned(project: ProjectFolder) -> list[str]:
    return [found.code for found in project.check().warnings]


@pytest.fixture
def outcome(project: ProjectFolder) -> ProjectFolder:
    project.edit(DATASET, "delay]}", "delay], time_column: day, known_at: {delay: outcome}}")
    return project


def test_the_target_may_be_made_of_an_outcome(outcome: ProjectFolder) -> None:
    assert warned(outcome) == []


def test_a_table_without_sql(project: ProjectFolder) -> None:
    columns = "columns: [id, distance, temp, carrier, day, late]"
    source = f"{{type: csv, path: data/f.csv, {columns}, known_at: {{temp: outcome}}}}"
    project.write({DATASET: f"sources: {{flights: {source}}}\nrow_id: [id]\n"})
    found = project.problem()
    assert (found.code, str(found.place)) == ("HR182", "conf/pipeline/late.yaml:10:23")
    assert found.message == "`temp` is made of `temp`, which only the outcome tells"


@pytest.mark.parametrize(
    "expression",
    [
        "avg(f.delay) OVER (PARTITION BY f.carrier ORDER BY f.day ROWS BETWEEN 30 PRECEDING AND 1 PRECEDING)",
        "lag(f.delay) OVER (PARTITION BY f.carrier ORDER BY f.day)",
        "f.distance * 2",
    ],
)
def test_earlier_rows_and_other_columns_are_clear(outcome: ProjectFolder, expression: str) -> None:
    outcome.edit(SQL, "f.distance,", f"{expression} AS distance,")
    assert warned(outcome) == []


def test_looking_back_is_clear_also_where_target_and_feature_come_through_one_query(outcome: ProjectFolder) -> None:
    outcome.edit(SQL, "SELECT f.id,", "WITH x AS (SELECT * FROM flights)\nSELECT f.id,")
    outcome.edit(SQL, "FROM flights f", "FROM x f")
    outcome.edit(SQL, "f.distance,", "lag(f.delay) OVER (ORDER BY f.day) AS distance,")
    assert warned(outcome) == []


def test_what_is_known_at_the_rows_own_time_is_clear(project: ProjectFolder) -> None:
    project.edit(DATASET, "delay]}", "delay], time_column: day, known_at: {distance: day}}")
    assert warned(project) == []


def test_rows_and_their_time_are_behind_everything_and_share_nothing(outcome: ProjectFolder) -> None:
    outcome.edit(SQL, "f.delay > 15 AS late", "f.delay > 15 AND f.day > DATE '2013-01-01' AS late")
    outcome.edit(SQL, "f.distance,", "month(f.day) AS distance,")
    assert warned(outcome) == []


def test_sql_that_is_wrong_is_told_once(project: ProjectFolder) -> None:
    project.edit(SQL, "FROM flights f", "FROM flights f JOIN nothing USING (day)")
    assert [found.code for found in project.problems()] == ["HR159"]
