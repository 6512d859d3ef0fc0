from __future__ import annotations

from typing import Any

import pytest

from headrace.change.gates import better, gate_changes, text
from headrace.errors import Place
from headrace.plan.model import Plan


def threshold(metric: str, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    return {"metric": metric, "min": low, "max": high}


def against(
    rival: str = "champion", worse: float = 0.0, better: float | None = None, absent: str = "refuse"
) -> dict[str, Any]:
    return {
        "metric": "roc_auc",
        "baseline": rival,
        "max_degradation": worse,
        "min_improvement": better,
        "if_absent": absent,
    }


def plan(*gates: dict[str, Any], task: str = "binary") -> Plan:
    places = {f"gates.{index}": Place("conf/p.yaml", 10 + index, 3) for index in range(len(gates))}
    return Plan("p", {"task": task, "gates": list(gates)}, (), places)


@pytest.mark.parametrize(
    ("before", "after", "fate"),
    [
        (threshold("roc_auc", 0.65), threshold("roc_auc", 0.6), "loosened"),
        (threshold("roc_auc", 0.65), threshold("roc_auc", 0.7), "tightened"),
        (threshold("log_loss", high=0.5), threshold("log_loss", high=0.6), "loosened"),
        (threshold("log_loss", high=0.5), threshold("log_loss", high=0.4), "tightened"),
        (threshold("log_loss", 0.1, 0.5), threshold("log_loss", high=0.5), "loosened"),
        (threshold("roc_auc", 0.6), threshold("roc_auc", 0.6, 0.99), "tightened"),
        (threshold("roc_auc", 0.6), threshold("roc_auc", high=0.6), "changed"),
        (threshold("roc_auc", 0.6, 0.9), threshold("roc_auc", 0.7, 0.95), "changed"),
        (against(worse=0.01), against(worse=0.02), "loosened"),
        (against(worse=0.02), against(worse=0.01), "tightened"),
        (against(better=0.02), against(better=0.01), "loosened"),
        (against(better=0.02), against(worse=0.01), "loosened"),
        (against(worse=0.02), against(better=0.0), "tightened"),
        (against(absent="refuse"), against(absent="pass"), "loosened"),
        (against(absent="pass"), against(absent="refuse"), "tightened"),
        (against("champion"), against("naive"), "loosened"),
        (against("naive"), against("champion"), "tightened"),
        (against(worse=0.02, absent="pass"), against(worse=0.01, absent="refuse"), "tightened"),
        (against(worse=0.02, absent="refuse"), against(worse=0.01, absent="pass"), "changed"),
    ],
)
def test_a_gate_is_the_set_of_values_that_it_lets_pass(
    before: dict[str, Any], after: dict[str, Any], fate: str
) -> None:
    (change,) = gate_changes(plan(before), plan(after))

    assert change.fate == fate


def test_removed_and_added_with_the_worst_first() -> None:
    changes = gate_changes(
        plan(threshold("roc_auc", 0.6), against()),
        plan(threshold("log_loss", high=0.5), against(), threshold("f1", 0.1)),
    )

    assert [(change.fate, change.before or change.after) for change in changes] == [
        ("removed", "roc_auc ≥ 0.6"),
        ("added", "log_loss ≤ 0.5"),
        ("added", "f1 ≥ 0.1"),
    ]
    assert str(changes[0].place) == "conf/p.yaml:10:3"


def test_another_order_is_no_change() -> None:
    assert gate_changes(plan(threshold("f1", 0.1), against()), plan(against(), threshold("f1", 0.1))) == ()


def test_equal_gates_are_paired_before_like_ones() -> None:
    before = plan(threshold("f1", 0.1), threshold("f1", 0.2))
    after = plan(threshold("f1", 0.2))

    (change,) = gate_changes(before, after)

    assert (change.fate, change.before) == ("removed", "f1 ≥ 0.1")


def test_a_bound_on_the_side_that_nobody_fears() -> None:
    (loss,) = gate_changes(plan(), plan(threshold("log_loss", 0.5)))
    (score,) = gate_changes(plan(), plan(threshold("r2", high=0.5), task="regression"))

    assert loss.notes == ("smaller is better for log_loss, so a minimum lets bad models through",)
    assert score.notes == ("larger is better for r2, so a maximum lets bad models through",)
    assert (loss.better, score.better, better("binary", "own")) == ("smaller", "larger", "unknown")


def test_gates_in_words() -> None:
    assert text(threshold("f1", 0.1, 0.9)) == "f1 ≥ 0.1 and ≤ 0.9"
    assert (
        text(against(worse=0.005, absent="pass")) == "roc_auc: at most 0.005 worse than the champion, pass without one"
    )
    assert text(against("naive", better=5)) == "roc_auc: at least 5 better than the naive baseline"
    assert text(against("naive")) == "roc_auc: no worse than the naive baseline"
