"""The promote stage: whom it takes the alias from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from headrace.errors import StageError
from headrace.registry import find_champion
from headrace.stages.contract import StageResult
from headrace.stages.promote import run
from registered import Bench, fresh_settings, named_versions


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    named_versions(fresh_settings(tmp_path), 1, 2)
    return Bench(tmp_path)


def promote(bench: Bench, version: str, *, observed: Any = None, gates: Any = "none") -> StageResult:
    inputs = {"version": bench.write("version.json", {"name": "late", "version": version})}
    if gates != "none":
        inputs["gates"] = bench.write("gates.json", {"passed": True, "gates": [], "champion": gates})
    ctx = bench.context(bench.slice(), inputs, {"champion": observed})
    result = run(ctx)
    assert json.loads((ctx.out / "promotion.json").read_text()) == {"name": "late", **result.facts}
    return result


def test_the_alias_moves_past_the_champion_that_the_gates_saw(bench: Bench) -> None:
    first = promote(bench, "1", gates=None)
    second = promote(bench, "2", observed={"version": "1"}, gates={"version": "1", "metrics": {}})

    assert first.facts == {
        "alias": "champion", "version": "1", "previous": None, "promoted": True, "reason": "first champion"
    }  # fmt: skip
    assert (second.facts["promoted"], second.facts["previous"]) == (True, "1")
    champion = find_champion(bench.settings, "late", "champion")
    assert champion is not None
    assert champion.version == "2"


def test_what_the_gates_saw_counts_and_not_what_there_is_now(bench: Bench) -> None:
    promote(bench, "1", gates=None)

    with pytest.raises(StageError, match="when the gates decided"):
        promote(bench, "2", observed={"version": "1"}, gates=None)


def test_without_gates_it_is_what_was_observed(bench: Bench) -> None:
    promote(bench, "1")

    assert promote(bench, "2", observed={"version": "1"}).facts["promoted"]


def test_the_champion_itself_is_promoted_already(bench: Bench) -> None:
    promote(bench, "1")

    assert promote(bench, "1", observed="self").facts["promoted"]


def test_a_version_that_was_rolled_back_is_not_promoted_again(bench: Bench) -> None:
    from headrace.registry import rollback

    promote(bench, "1")
    promote(bench, "2", observed={"version": "1"})
    rollback(bench.settings, "late", "champion")

    result = promote(bench, "2", observed={"version": "1"})

    assert not result.facts["promoted"]
    assert "headrace promote late 2" in result.facts["reason"]
    assert not result.refused
