from __future__ import annotations

import pytest

from headrace.change.document import Cost, PipelineChange, SourceRead, SqlChange, StageChange, ValueChange
from headrace.change.wording import (
    alike,
    cost_text,
    headline,
    names,
    places,
    size_text,
    source_text,
    sql_lines,
    stage_lines,
)
from headrace.errors import Place


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        (Cost(9.0, 7.0, 12.0, 5), "about 9.0 s (7.0 s to 12 s, 5 runs)"),
        (Cost(9.0, 9.0, 9.0, 1), "about 9.0 s (1 run)"),
        (
            Cost(600.0, 540.0, 9000.0, 3, ("train",)),
            "about 10 min (9 min to 2.5 h, 3 runs, without train: not measured yet)",
        ),
        (Cost(None, None, None, 0, ("train",)), "cost unknown"),
    ],
)
def test_cost_with_how_sure_it_is(cost: Cost, expected: str) -> None:
    assert cost_text(cost) == expected


@pytest.mark.parametrize(
    ("size", "expected"), [(5, "5 bytes"), (1_500, "1.5 kB"), (31_000_000, "31 MB"), (4_200_000_000, "4.2 GB")]
)
def test_sizes(size: int, expected: str) -> None:
    assert size_text(size) == expected


def test_a_headline_says_what_happens() -> None:
    stages = (StageChange("ingest", "runs"), StageChange("train", "may run"))

    assert (
        headline(PipelineChange("p", "changed", "q", retrains=True, stages=stages))
        == "was q; reads data again; retrains"
    )
    assert headline(PipelineChange("p", "removed")) == "is removed"
    assert headline(PipelineChange("p", "changed")) == "no stage runs again"
    assert headline(PipelineChange("p", "changed", sql=SqlChange())).startswith("its SQL is laid out otherwise")


def test_places_of_a_value() -> None:
    here, there = Place("a.yaml", 1, 2), Place("b.yaml", 3, 4)

    assert places(ValueChange("p", "1", "2", here, here, ())) == "a.yaml:1:2"
    assert places(ValueChange("p", "1", "2", here, there, ())) == "a.yaml:1:2 → b.yaml:3:4"
    assert places(ValueChange("p", "1", "2", None, there, ())) == "default → b.yaml:3:4"
    assert places(ValueChange("p", None, "2", None, there, ())) == "b.yaml:3:4"
    assert places(ValueChange("p", "1", None, here, None, ())) == "a.yaml:1:2"


def test_stages_in_the_order_in_which_they_matter() -> None:
    stages = (StageChange("a", "reused"), StageChange("b", "may run", ("x",)), StageChange("c", "runs", ("y", "z")))

    assert list(stage_lines(stages)) == [
        ("runs", "c: y; z"),
        ("runs, unless its input comes out equal", "b"),
        ("reused", "a"),
    ]


def test_sources_and_sql() -> None:
    assert source_text(SourceRead("s", "data/*.csv", "new", 3, 2_000)) == "s: new, data/*.csv, 3 files, 2 kB"
    assert source_text(SourceRead("s", "data/a.csv", "removed")) == "s: no longer read (data/a.csv)"
    assert list(sql_lines(SqlChange(("a",), ("b",), ("c",), ("WHERE",)))) == [
        "columns added: a",
        "columns removed: b",
        "computed otherwise: c",
        "changed: WHERE",
    ]
    assert "comes out the same" in next(iter(sql_lines(SqlChange())))


def test_many_pipelines_are_counted() -> None:
    assert names(("a", "b")) == "a, b"
    assert names([f"p{number}" for number in range(100)]) == "100 pipelines (p0, p1, p2, …)"
    assert list(alike([("a", "x"), ("b", "y"), ("c", "x")])) == [(("a", "c"), "x"), (("b",), "y")]
