"""Pipelines as pictures in text."""

from __future__ import annotations

from headrace_airflow.spec.picture import picture
from plans import FLIGHTS, plan_of


def test_sources_lead_through_the_stages_to_the_model() -> None:
    assert picture(plan_of(registry={"name": "late", "alias": "live"})).splitlines() == [
        "flights (flights.csv) ─┐",
        "planes (planes.csv) ───┘",
        "→ ingest → validate → transform → validate_table → split",
        "→ train → evaluate → gate → register → promote → track",
        "→ [late@live]",
    ]


def test_one_source_needs_no_bracket_and_without_a_model_there_is_none() -> None:
    sources = {"flights": FLIGHTS["dataset"]["sources"]["flights"]}
    nothing = {"model": None, "task": None, "target": None, "features": None, "split": None}
    changes = {"dataset": {"sources": sources}, "validation": {}, "metrics": [], "gates": [], **nothing}

    assert picture(plan_of(**changes)).splitlines() == ["flights (flights.csv)", "→ ingest → track"]


def test_a_name_with_a_line_break_stays_on_its_line() -> None:
    sources = {"a": {"type": "csv", "path": "a\nb.csv"}}

    assert picture(plan_of(dataset={"sources": sources}, validation={})).splitlines()[0] == "a (a b.csv)"


def test_three_sources_share_one_bracket() -> None:
    sources = {name: {"type": "csv", "path": "x"} for name in "abc"}
    drawn = picture(plan_of(dataset={**FLIGHTS["dataset"], "sources": sources}, validation={}))

    assert [line[-1] for line in drawn.splitlines()[:3]] == ["┐", "┤", "┘"]
