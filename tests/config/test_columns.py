from __future__ import annotations

import pytest

from config_folder import ProjectFolder

PIPELINE = "conf/pipeline/late.yaml"
FLIGHTS = "conf/dataset/flights.yaml"
SQL = "conf/dataset/flights.sql"


@pytest.mark.parametrize(
    ("file", "before", "after", "place", "message"),
    [
        (PIPELINE, "[distance, temp]", "[distance, tmp]", "10:23", "the table has no column `tmp`"),
        (PIPELINE, "[carrier]", "[carier]", "11:17", "the table has no column `carier`"),
        (PIPELINE, "column: late", "column: lat", "8:18", "the table has no column `lat`"),
        (PIPELINE, "column: day", "column: dya", "12:31", "the table has no column `dya`"),
        (FLIGHTS, "row_id: [id]", "row_id: [idd]", "5:10", "the table has no column `idd`"),
        (FLIGHTS, "row_id: [id]", "row_id: idd", "5:9", "the table has no column `idd`"),
        (
            PIPELINE,
            "gates:",
            "validation: {table: {columns: {tmp: {min: 0}}}}\ngates:",
            "16:32",
            "the table has no column `tmp`",
        ),
        (
            PIPELINE,
            "gates:",
            "validation: {flights: {unique: [i]}}\ngates:",
            "16:33",
            "the source `flights` has no column `i`",
        ),
        (FLIGHTS, "delay]}", "delay], time_column: dy}", "2:107", "the source `flights` has no column `dy`"),
        (FLIGHTS, "delay]}", "delay], types: {dely: int}}", "2:102", "the source `flights` has no column `dely`"),
    ],
)
def test_a_column_that_is_surely_absent(
    project: ProjectFolder, file: str, before: str, after: str, place: str, message: str
) -> None:
    project.edit(file, before, after)
    found = project.problem()
    assert (found.code, str(found.place), found.message) == ("HR160", f"{file}:{place}", message)


def test_the_nearest_column_is_suggested(project: ProjectFolder) -> None:
    assert project.problem("features.numeric=[tmp]").remedy == (
        "did you mean temp? There are: carrier, day, distance, id, late, temp"
    )


@pytest.mark.parametrize(
    "select", ["w.*", "f.id, f.distance, COLUMNS('t.*')", "any_value(f.id), count(*)", "unnest(x) AS y"]
)
def test_columns_that_only_the_data_knows_are_not_guessed_at(project: ProjectFolder, select: str) -> None:
    project.edit(SQL, "f.id, f.distance, w.temp, f.carrier, f.day, f.delay > 15 AS late", select)
    assert project.compile("features.numeric=[anything]")[0].name == "late"


def test_upper_and_lower_case_are_not_told_apart(project: ProjectFolder) -> None:
    assert project.compile("features.numeric=[Distance]")[0].name == "late"


def test_a_single_source_is_the_table(project: ProjectFolder) -> None:
    project.write({FLIGHTS: "sources:\n  f: {type: csv, path: x, columns: [late, day, distance], row_number: n}\n"})
    problems = project.problems("features.numeric=[distance, n, temp]", "features.categorical=[]")
    (found,) = [problem for problem in problems if problem.severity == "error"]
    assert found.message == "the table has no column `temp`"


def test_a_source_that_declares_nothing_is_not_judged(project: ProjectFolder) -> None:
    project.write({FLIGHTS: "sources:\n  f: {type: csv, path: x}\n"})
    assert project.compile("features.numeric=[anything]")[0].name == "late"
