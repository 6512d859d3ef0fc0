from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.report.documents import from_documents
from headrace.report.sections.verdict import verdict
from run_documents import Documents, data_only, flights, refused, wine


def sentence(made: Documents) -> str:
    return verdict(from_documents(made.run, made.config, made.documents)).sentence


def gate(made: Documents, **changes: Any) -> Documents:
    """One refusing gate only."""
    gates = made.documents["gate/gates.json"]
    gates["gates"] = [{**gates["gates"][0], "passed": False, **changes}]
    gates["passed"] = False
    return made


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"value": 0.6498, "bound": 0.65}, "ROC AUC 0.6498 is 0.0002 short of the gate 0.65"),
        (
            {"kind": "champion", "value": 0.61, "bound": 0.6952},
            "ROC AUC 0.610 is 0.085 short of 0.695, the least that version 2 allows",
        ),
        (
            {"kind": "naive", "metric": "log_loss", "value": 0.56, "bound": 0.5421},
            "Log loss 0.560 is 0.018 over 0.542, the most that guessing allows",
        ),
        ({"metric": "log_loss", "value": 0.56, "bound": 0.5}, "Log loss 0.560 is 0.060 over the gate 0.5"),
        (
            {"value": None, "reason": "roc_auc has no value on the test part"},
            "roc_auc has no value on the test part",
        ),
        ({"value": None, "reason": ""}, "ROC AUC has no value to hold against roc_auc ≥ 0.65"),
        ({"value": float("nan"), "reason": ""}, "ROC AUC has no value to hold against roc_auc ≥ 0.65"),
    ],
)
def test_a_refusal_says_which_gate_and_by_how_much(changes: dict[str, Any], expected: str) -> None:
    assert sentence(gate(refused(), **changes)) == f"Refused: {expected}; version 2 stays champion"


def test_a_refusal_without_a_champion() -> None:
    made = gate(refused(), value=0.6)
    made.documents["gate/gates.json"]["champion"] = None
    assert sentence(made).endswith("; there is no champion yet")


def test_a_champion_that_is_a_little_worse_says_so() -> None:
    made = flights()
    made.documents["evaluate/metrics.json"]["test"]["roc_auc"] = 0.69991
    expected = "ROC AUC 0.700, 0.0003 worse than version 2, 0.200 better than guessing"
    assert sentence(made) == f"Version 3 of flight_delays is champion: {expected}"


def test_a_champion_that_is_kept_is_not_compared_with_itself() -> None:
    made = flights()
    made.documents["gate/gates.json"]["champion"]["version"] = "3"
    assert sentence(made) == "Version 3 of flight_delays is champion: ROC AUC 0.712, 0.212 better than guessing"


def test_equal_scores_are_the_same() -> None:
    made = flights()
    made.documents["gate/gates.json"]["champion"]["metrics"]["roc_auc"] = 0.7121
    assert "the same as version 2" in sentence(made)


def test_a_model_that_is_not_registered_is_trained() -> None:
    made = wine()
    del made.documents["register/version.json"], made.documents["promote/promotion.json"]
    expected = "The model is trained, but not registered: Balanced accuracy 0.968, 0.635 better than guessing"
    assert sentence(made) == expected


def test_data_that_breaks_a_rule_comes_before_the_model() -> None:
    made = data_only()
    checks = made.documents["validate/report.json"]["tables"]["flights"]["checks"]
    checks[0].update(passed=False, failures=3)
    assert sentence(made) == "The data breaks its rules: 7 of 10 checks passed, 1 failed, 2 warnings"


_score = st.one_of(st.none(), st.floats())


@given(test=_score, naive=_score, champion=_score, value=_score, bound=_score, passed=st.booleans())
def test_any_scores_have_a_verdict(
    test: float | None,
    naive: float | None,
    champion: float | None,
    value: float | None,
    bound: float | None,
    passed: bool,
) -> None:
    from headrace.report.sections.scores import scores

    made = flights()
    made.documents["evaluate/metrics.json"]["test"]["roc_auc"] = test
    made.documents["evaluate/metrics.json"]["baseline"]["roc_auc"] = naive
    made.documents["gate/gates.json"]["champion"]["metrics"]["roc_auc"] = champion
    gate(made, value=value, bound=bound, passed=passed)
    facts = from_documents(made.run, made.config, made.documents)
    assert verdict(facts).sentence
    found = scores(facts)
    assert found is not None
    assert all(0 <= mark.at <= 100 for tile in found.tiles for mark in tile.marks)
