from __future__ import annotations

from pathlib import Path

import pytest

from config_folder import FILES, ProjectFolder
from headrace.config.schema.dataset import CsvSource
from headrace.lint import at_hand, lint
from headrace.project import Project

DATASET = "conf/dataset/flights.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> ProjectFolder:
    folder = ProjectFolder(tmp_path)
    folder.write(FILES)
    folder.write(
        {
            "data/flights.csv": "1,700,AA,2013-01-01,20\n",
            "data/weather.csv": "day,temp\n2013-01-01,39.2\n",
            "data/planes.csv": "tail,seats\nN1,20\n",
        }
    )
    folder.edit(DATASET, "path: data/flights.csv,", "path: data/flights.csv, header: false,")
    return folder


def told(folder: ProjectFolder) -> list[str]:
    project = Project(folder.root, folder.root / ".headrace")
    return [
        f"{problem.place} {problem.severity} {problem.code} {problem.message}" for problem in lint(project, ["late"])
    ]


def test_files_that_are_as_declared(folder: ProjectFolder) -> None:
    assert told(folder) == []


def test_what_was_right_is_looked_into_again_when_it_changes(
    folder: ProjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    first_line = at_hand._first_line

    def counted(name: str, source: CsvSource, path: Path) -> tuple[str, ...]:
        looked.append(name)
        return first_line(name, source, path)

    monkeypatch.setattr(at_hand, "_first_line", counted)
    assert told(folder) == []
    assert sorted(looked) == ["flights", "weather"]

    assert told(folder) == []
    assert len(looked) == 2

    folder.write({"data/weather.csv": "day,tmp\n2013-01-01,39.2\n"})
    assert len(told(folder)) == 1
    assert len(told(folder)) == 1, "what is wrong is said every time"


def test_a_column_that_the_file_does_not_have(folder: ProjectFolder) -> None:
    folder.edit("conf/dataset/flights.sql", "w.temp,", "w.tmp AS temp,")
    assert told(folder) == ["conf/dataset/flights.sql:1:28 warning HR160 source `weather` has no column `tmp`"]


def test_without_the_files_nothing_is_said_of_their_columns(folder: ProjectFolder) -> None:
    folder.edit("conf/dataset/flights.sql", "w.temp,", "w.tmp AS temp,")
    for name in ("flights", "weather", "planes"):
        (folder.root / f"data/{name}.csv").unlink()
    assert told(folder) == []


def test_a_file_whose_name_is_nearly_there(folder: ProjectFolder) -> None:
    folder.edit(DATASET, "data/weather.csv", "data/wether.csv")
    (found,) = told(folder)
    assert found.startswith(
        "conf/dataset/flights.yaml:3:30 warning HR191 source weather: there is no file data/wether.csv"
    )


@pytest.mark.parametrize("path", ["pkg://sklearn/datasets/data/wine.csv", "pkg://skleam/datasets/data/wine_data.csv"])
def test_a_file_of_a_package(folder: ProjectFolder, path: str) -> None:
    folder.edit(DATASET, "data/weather.csv", path)
    (found,) = told(folder)
    assert found.startswith("conf/dataset/flights.yaml:3:30 warning HR191 source weather: ")


def test_a_package_that_is_not_on_this_machine(folder: ProjectFolder) -> None:
    folder.edit(DATASET, "data/weather.csv", "pkg://another_packages_tables/weather.csv")
    assert told(folder) == []


def test_a_name_too_few(folder: ProjectFolder) -> None:
    folder.write({"data/flights.csv": "1,700,AA,2013-01-01,20,more\n"})
    assert told(folder) == [
        "conf/dataset/flights.yaml:2:63 warning HR191 5 columns are named, and a line of flights.csv has 6"
    ]


def test_another_separator(folder: ProjectFolder) -> None:
    folder.edit(DATASET, "header: false,", 'header: false, separator: ";",')
    assert told(folder) == [
        "conf/dataset/flights.yaml:2:74 warning HR191 no ';' is in the first line of flights.csv, and 4 ',' are"
    ]


def test_no_separator(folder: ProjectFolder) -> None:
    folder.edit(DATASET, "header: false,", 'header: false, separator: "",')
    (found,) = told(folder)
    assert found.startswith("conf/dataset/flights.yaml:2:74 warning HR191 ")


def test_another_file(folder: ProjectFolder) -> None:
    folder.edit(DATASET, "data/weather.csv", "data/planes.csv")
    folder.edit("conf/dataset/flights.sql", "w.temp,", "w.temp, w.wind, w.day AS w_day,")
    (found,) = told(folder)
    assert found.startswith("conf/dataset/flights.yaml:3:30 warning HR191 the file of `weather` has none of 3 columns")


def test_an_edit_of_the_data_is_seen_where_the_answer_was_kept(folder: ProjectFolder) -> None:
    assert told(folder) == told(folder) == []
    folder.write({"data/weather.csv": "day,temperature\n2013-01-01,39.2\n"})
    assert told(folder) == ["conf/dataset/flights.sql:1:28 warning HR160 source `weather` has no column `temp`"]
