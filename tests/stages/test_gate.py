"""Gates: what passes, what is refused, and what is said about it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from headrace.config.schema.modelling import BaselineGate, ThresholdGate
from headrace.registry import promote_version, register_version
from headrace.stages.contract import StageResult
from headrace.stages.gate import Rival, baseline_verdict, run, threshold_verdict
from registered import Bench, Trained, fresh_settings, run_key, train

NAIVE = Rival("the naive baseline", {"roc_auc": 0.5, "log_loss": 0.69})


def champion(**metrics: float | None) -> Rival:
    return Rival("the champion (version 3)", metrics, "3")


@pytest.mark.parametrize(
    ("bounds", "value", "passed", "reason"),
    [
        ({"min": 0.65}, 0.612, False, "roc_auc 0.612 is 0.038 below the minimum 0.65"),
        ({"min": 0.65}, 0.7, True, "roc_auc 0.7 is 0.05 above the minimum 0.65"),
        ({"min": 0.65}, 0.65, True, "roc_auc 0.65 equals the minimum 0.65"),
        ({"min": 0.65}, 0.6499999, False, "roc_auc 0.6499999 is 1e-07 below the minimum 0.65"),
        ({"max": 0.4}, 0.5, False, "roc_auc 0.5 is 0.1 above the maximum 0.4"),
        ({"max": 0.4}, 0.3, True, "roc_auc 0.3 is 0.1 below the maximum 0.4"),
        ({"min": 0.4, "max": 0.6}, 0.7, False, "roc_auc 0.7 is 0.1 above the maximum 0.6"),
        ({"min": 0.4, "max": 0.6}, 0.3, False, "roc_auc 0.3 is 0.1 below the minimum 0.4"),
        ({"min": 0.4, "max": 0.6}, 0.5, True, "roc_auc 0.5 is 0.1 above the minimum 0.4"),
        ({"min": 0}, -0.25, False, "roc_auc -0.25 is 0.25 below the minimum 0"),
    ],
)
def test_thresholds(bounds: dict[str, float], value: float, passed: bool, reason: str) -> None:
    verdict = threshold_verdict(ThresholdGate(metric="roc_auc", **bounds), {"roc_auc": value})

    assert (verdict.passed, verdict.reason) == (passed, reason)


def test_a_threshold_says_its_rule() -> None:
    gate = ThresholdGate(metric="roc_auc", min=0.65, max=0.99)

    assert threshold_verdict(gate, {"roc_auc": 0.7}).rule == "roc_auc ≥ 0.65 and ≤ 0.99"


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("bounds", [{"min": -1.0}, {"max": 1.0}])
def test_a_threshold_is_closed_to_what_is_no_number(value: float | None, bounds: dict[str, float]) -> None:
    gate = ThresholdGate(metric="log_loss", **bounds)

    for test in ({"log_loss": value}, {}):
        verdict = threshold_verdict(gate, test)
        assert not verdict.passed
        assert verdict.value is None
        assert verdict.reason == "log_loss has no value on the test part"


@pytest.mark.parametrize(
    ("metric", "value", "other", "options", "passed"),
    [
        ("roc_auc", 0.70, 0.70, {}, True),
        ("roc_auc", 0.699, 0.70, {}, False),
        ("roc_auc", 0.695, 0.70, {"max_degradation": 0.005}, True),
        ("roc_auc", 0.694, 0.70, {"max_degradation": 0.005}, False),
        ("roc_auc", 0.70, 0.70, {"min_improvement": 0.01}, False),
        ("roc_auc", 0.71, 0.70, {"min_improvement": 0.01}, True),
        ("roc_auc", 0.3, 0.2, {"min_improvement": 0.1}, True),  # and 0.2 + 0.1 a little more than 0.3
        ("log_loss", 0.30, 0.40, {}, True),
        ("log_loss", 0.41, 0.40, {}, False),
        ("log_loss", 0.405, 0.40, {"max_degradation": 0.005}, True),
        ("log_loss", 0.395, 0.40, {"min_improvement": 0.01}, False),
        ("log_loss", 0.39, 0.40, {"min_improvement": 0.01}, True),
    ],
)
def test_comparisons_know_which_way_is_better(
    metric: str, value: float, other: float, options: dict[str, float], passed: bool
) -> None:
    gate = BaselineGate(metric=metric, baseline="champion", **options)

    verdict = baseline_verdict(gate, "binary", {metric: value}, champion(**{metric: other}))

    assert verdict.passed is passed
    assert (verdict.kind, verdict.value) == ("champion", value)


def test_a_refusal_says_by_how_much() -> None:
    gate = BaselineGate(metric="roc_auc", baseline="champion", max_degradation=0.005)

    verdict = baseline_verdict(gate, "binary", {"roc_auc": 0.69}, champion(roc_auc=0.71))

    assert verdict.rule == "roc_auc ≥ champion - 0.005"
    assert verdict.bound == pytest.approx(0.705)
    assert verdict.reason == "roc_auc 0.69 is 0.02 worse than the champion (version 3)'s 0.71; 0.005 is allowed"


def test_a_comparison_with_the_naive_baseline() -> None:
    gate = BaselineGate(metric="log_loss", baseline="naive", min_improvement=0.05)

    verdict = baseline_verdict(gate, "binary", {"log_loss": 0.66}, NAIVE)

    assert (verdict.kind, verdict.passed) == ("naive", False)
    assert verdict.rule == "log_loss ≤ naive - 0.05"
    expected = "log_loss 0.66 is 0.03 better than the naive baseline's 0.69; it must be better by 0.05"
    assert verdict.reason == expected


@pytest.mark.parametrize(("if_absent", "passed"), [("pass", True), ("refuse", False)])
def test_while_there_is_no_champion_the_yaml_decides(if_absent: Any, passed: bool) -> None:
    gate = BaselineGate(metric="roc_auc", baseline="champion", if_absent=if_absent)

    verdict = baseline_verdict(gate, "binary", {"roc_auc": 0.7}, None)

    assert verdict.passed is passed
    assert f"if_absent is {if_absent}" in verdict.reason


@pytest.mark.parametrize(("if_absent", "passed"), [("pass", True), ("refuse", False)])
def test_a_champion_that_knows_later_data_is_not_compared_with(if_absent: Any, passed: bool) -> None:
    gate = BaselineGate(metric="roc_auc", baseline="champion", if_absent=if_absent)
    later = Rival("the champion (version 3)", {}, "3", is_later=True)

    verdict = baseline_verdict(gate, "binary", {"roc_auc": 0.1}, later)

    assert verdict.passed is passed
    assert "the champion (version 3) looks from a later moment than this run" in verdict.reason


def test_a_candidate_that_is_the_champion_passes_comparisons() -> None:
    gate = BaselineGate(metric="roc_auc", baseline="champion", min_improvement=0.1)
    itself = Rival("the champion", {"roc_auc": 0.7}, "3", is_candidate=True)

    verdict = baseline_verdict(gate, "binary", {"roc_auc": 0.7}, itself)

    assert verdict.passed
    assert verdict.reason == "this model is the champion itself"


@pytest.mark.parametrize("other", [{}, {"roc_auc": None}, {"roc_auc": math.nan}, {"roc_auc": math.inf}])
def test_a_comparison_is_closed_to_a_rival_without_a_value(other: dict[str, float]) -> None:
    gate = BaselineGate(metric="roc_auc", baseline="champion", if_absent="pass")

    verdict = baseline_verdict(gate, "binary", {"roc_auc": 0.7}, champion(**other))

    assert not verdict.passed
    assert "has no roc_auc on these rows" in verdict.reason


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_a_comparison_is_closed_to_a_candidate_without_a_value(value: float | None) -> None:
    gate = BaselineGate(metric="roc_auc", baseline="champion", if_absent="pass")

    for rival in (None, champion(roc_auc=0.5), Rival("the champion", {}, "3", is_candidate=True)):
        assert not baseline_verdict(gate, "binary", {"roc_auc": value}, rival).passed


def test_a_metric_that_the_task_does_not_have_is_refused() -> None:
    gate = BaselineGate(metric="r2", baseline="naive")

    assert not baseline_verdict(gate, "binary", {"r2": 0.5}, Rival("the naive baseline", {"r2": 0.1})).passed


THRESHOLD = {"metric": "roc_auc", "min": 0.5, "max": None}
AGAINST = {"metric": "roc_auc", "baseline": "champion", "max_degradation": 0.005, "if_absent": "pass"}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(tmp_path_factory.mktemp("trained"))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    fresh_settings(tmp_path)
    return Bench(tmp_path)


def crown(bench: Bench, trained: Trained) -> dict[str, Any]:
    """Make a model champion; what the observer then sees."""
    version = register_version(bench.settings, run_key("earlier"), "late", trained.candidate())
    promote_version(bench.settings, "late", "champion", version.version, None)
    return {"champion": {"version": version.version, "model_digest": trained.digest}}


def decide(
    bench: Bench,
    trained: Trained,
    observed: dict[str, Any],
    gates: list[dict[str, Any]],
    roc_auc: float | None = 0.9,
) -> tuple[StageResult, dict[str, Any]]:
    scores = {"test": {"roc_auc": roc_auc, "log_loss": 0.4}, "baseline": {"roc_auc": 0.5, "log_loss": 0.69}}
    inputs = {
        "metrics": bench.write("metrics.json", scores),
        "test": trained.test,
        "model": trained.model,
        "model_info": trained.info,
    }
    config = bench.slice(
        task="binary", target={"column": "late", "positive": True}, metrics=["roc_auc", "log_loss"], gates=gates
    )
    ctx = bench.context(config, inputs, observed)
    result = run(ctx)
    return result, json.loads((ctx.out / "gates.json").read_text())


def test_all_gates_are_held_and_one_refusal_refuses(bench: Bench, trained: Trained) -> None:
    result, document = decide(bench, trained, {"champion": None}, [THRESHOLD, {**THRESHOLD, "min": 0.95}, AGAINST])

    assert result.refused
    assert [gate["passed"] for gate in document["gates"]] == [True, False, True]
    assert (document["passed"], document["champion"]) == (False, None)
    assert result.facts["gates"] == document["gates"]


def test_the_champion_is_scored_on_the_candidates_rows(bench: Bench, trained: Trained) -> None:
    observed = crown(bench, trained)

    _, document = decide(bench, trained, observed, [AGAINST])

    assert document["champion"]["version"] == "1"
    assert set(document["champion"]["metrics"]) == {"roc_auc", "log_loss"}
    assert 0.7 < document["champion"]["metrics"]["roc_auc"] < 1
    assert document["gates"][0]["bound"] == pytest.approx(document["champion"]["metrics"]["roc_auc"] - 0.005)
    worse, _ = decide(bench, trained, observed, [AGAINST], roc_auc=0.6)
    assert worse.refused


def test_the_champion_itself_is_named_with_its_version(bench: Bench, trained: Trained) -> None:
    crown(bench, trained)

    result, document = decide(bench, trained, {"champion": "self"}, [THRESHOLD, AGAINST])

    assert not result.refused
    assert document["champion"] == {"version": "1", "metrics": {"roc_auc": 0.9, "log_loss": 0.4}}


def test_a_champion_whose_columns_are_gone_refuses(bench: Bench, trained: Trained, tmp_path: Path) -> None:
    observed = crown(bench, trained)
    narrow = train(tmp_path / "narrow", columns={"numeric": ["distance"], "categorical": []})
    narrow.rows.drop(columns=["temp", "carrier"]).to_parquet(narrow.test)

    result, document = decide(bench, narrow, observed, [THRESHOLD, AGAINST])

    assert result.refused
    assert [gate["passed"] for gate in document["gates"]] == [True, False]
    assert "the champion (version 1) cannot be scored on these rows" in document["gates"][1]["reason"]
    assert "temp" in document["gates"][1]["reason"]
    assert document["champion"] == {"version": "1", "metrics": {}}


def test_a_champion_that_cannot_be_scored_does_not_matter_to_thresholds(
    bench: Bench, trained: Trained, tmp_path: Path
) -> None:
    observed = crown(bench, trained)
    narrow = train(tmp_path / "narrow", columns={"numeric": ["distance"], "categorical": []})
    narrow.rows.drop(columns=["temp", "carrier"]).to_parquet(narrow.test)

    assert not decide(bench, narrow, observed, [THRESHOLD])[0].refused


@pytest.mark.parametrize("damage", ["altered", "gone"])
def test_a_champion_whose_files_are_not_what_was_registered_refuses(
    bench: Bench, trained: Trained, damage: str
) -> None:
    observed = crown(bench, trained)
    (model,) = bench.home.rglob("model.skops")
    model.write_bytes(model.read_bytes() + b"x") if damage == "altered" else model.unlink()

    result, document = decide(bench, trained, observed, [AGAINST])

    assert result.refused
    assert "cannot be scored" in document["gates"][0]["reason"]


def test_a_champion_that_predicts_something_else_refuses(bench: Bench, trained: Trained, tmp_path: Path) -> None:
    other = train(tmp_path / "other")
    info = json.loads(other.info.read_text())
    other.info.write_text(json.dumps({**info, "target": {"column": "cancelled", "positive": True}}))
    observed = crown(bench, other)

    result, document = decide(bench, trained, observed, [AGAINST])

    assert result.refused
    assert "it predicts another target: cancelled = True, not late = True" in document["gates"][0]["reason"]


def test_a_champion_that_predicts_the_opposite_refuses(bench: Bench, trained: Trained, tmp_path: Path) -> None:
    other = train(tmp_path / "other")
    info = json.loads(other.info.read_text())
    other.info.write_text(json.dumps({**info, "labels": [True, False]}))
    observed = crown(bench, other)

    assert decide(bench, trained, observed, [AGAINST])[0].refused


def test_a_champion_that_headrace_did_not_make_refuses(bench: Bench, trained: Trained) -> None:
    from headrace.tracking.connection import connected

    (bench.home / "other").mkdir()
    with connected(bench.settings) as client:
        client.create_registered_model("late")
        client.create_model_version("late", str(bench.home / "other"))
        client.set_registered_model_alias("late", "champion", "1")

    result, document = decide(bench, trained, {"champion": {"version": "1", "model_digest": None}}, [AGAINST])

    assert result.refused
    assert "was not made by headrace" in document["gates"][0]["reason"]
