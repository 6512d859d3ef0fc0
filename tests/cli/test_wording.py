"""What a run says about itself."""

from __future__ import annotations

from headrace.cli.wording import summary
from headrace.errors import Place
from headrace.run.outcome import Outcome, RunReport
from headrace.store import Action

GATES = [
    {"passed": True, "rule": "roc_auc ≥ 0.6", "reason": "0.7 is above 0.6"},
    {"passed": False, "rule": "roc_auc ≥ 0.9", "reason": "0.7 is below 0.9"},
]


def test_a_gate_that_refuses_is_named_with_its_place() -> None:
    action = Action("k", "gate", {}, facts={"gates": GATES}, refused=True)
    report = RunReport("late", "d" * 64, "late-1", (Outcome("gate", "ran", 0.1, action),), 0.1)
    places = {"gates.1": Place("conf/pipeline/late.yaml", 31, 5)}

    lines = summary(report, "binary", places.get)

    assert "  gate     REFUSED 0.7 is below 0.9 (conf/pipeline/late.yaml:31:5)" in lines
    assert "  gate     passed  0.7 is above 0.6" in lines
    assert "  gate     REFUSED 0.7 is below 0.9" in summary(report, "binary")
