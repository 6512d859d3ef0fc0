from __future__ import annotations

import pytest

from headrace.report.documents import from_documents
from headrace.report.sections.data import Data, data
from run_documents import Documents, flights, wine


def section(made: Documents) -> Data:
    found = data(from_documents(made.run, made.config, made.documents))
    assert found is not None
    return found


def test_parts_are_as_long_as_their_time() -> None:
    found = section(flights())
    assert found.by_time
    assert [(part.name, part.width) for part in found.parts] == [
        ("train", 83.56),
        ("validation", 8.22),
        ("test", 8.22),
    ]
    assert found.parts[1].period == "2 Nov 2013 to 1 Dec 2013"


def test_without_times_parts_are_as_long_as_their_rows() -> None:
    found = section(wine())
    assert not found.by_time
    assert [(part.name, part.width, part.period) for part in found.parts] == [("train", 69.66, ""), ("test", 30.34, "")]


def test_without_a_clock_the_line_ends_with_the_newest_row() -> None:
    made = flights()
    made.run.facts["as_of"] = None
    assert section(made).parts[-1].period == "2 Dec 2013 to 1 Jan 2014, 04:00 UTC"


@pytest.mark.parametrize("start", [None, "2013-12-24", "soon"])
def test_a_start_that_makes_no_line_is_not_drawn_as_one(start: str | None) -> None:
    made = flights()
    split = next(stage for stage in made.run.facts["stages"] if stage["name"] == "split")
    split["facts"]["from"]["validation"] = start
    assert not section(made).by_time


def test_a_part_without_rows_takes_no_room() -> None:
    made = wine()
    split = next(stage for stage in made.run.facts["stages"] if stage["name"] == "split")
    split["facts"]["rows"] = {"train": 0, "test": 0}
    assert [part.width for part in section(made).parts] == [0, 0]


def test_a_source_without_a_newest_row_says_why() -> None:
    made = flights()
    made.run.facts["stages"][0]["facts"]["sources"]["flights"]["newest"] = None
    found = {source.name: source.newest for source in section(made).sources}
    assert found == {"flights": "unknown", "weather": "no time column", "planes": "no time column"}
