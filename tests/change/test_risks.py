from __future__ import annotations

from typing import Any

import pytest

from headrace.change.document import (
    FeatureChange,
    GateChange,
    PipelineChange,
    Risk,
    ScheduleChange,
    SqlChange,
    ValueChange,
)
from headrace.change.risks import Case, risks
from headrace.plan.model import Plan


def plan(name: str = "p", **parts: Any) -> Plan:
    gates = [{"metric": "roc_auc", "min": 0.5, "max": None}]
    spec = {"model": {"type": "x"}, "registry": {"name": None, "alias": "champion"}, "gates": gates, "dataset": {}}
    return Plan(name, {**spec, **parts}, ())


def case(
    change: PipelineChange | None = None, before: Plan | None = None, after: Plan | None = None, *values: ValueChange
) -> Case:
    return Case(change or PipelineChange("p", "changed"), before or plan(), after or plan(), values)


def value(path: str, before: str | None, after: str | None) -> ValueChange:
    return ValueChange(path, before, after, None, None, ("p",))


def found(*cases: Case) -> list[tuple[str, str]]:
    return [(risk.severity, risk.message) for risk in risks(cases)]


@pytest.mark.parametrize(
    ("path", "before", "after", "severity"),
    [
        ("tracking.uri", "null", "https://mlflow", "high"),
        ("registry.alias", "champion", "production", "high"),
        ("home", ".headrace", "/srv", "high"),
        ("runtime.env.TOKEN", "${secret:TOKEN}", "(hidden)", "high"),
        ("model_packages", "[]", "[lightgbm]", "medium"),
        ("notify.0", "{type: log}", None, "medium"),
        ("dataset.sources.a.path", "a.csv", "b.csv", "medium"),
        ("validation.a.columns.b", "{min: 0}", None, "medium"),
        ("seed", "1", "2", "low"),
    ],
)
def test_a_value_that_a_reviewer_should_see(path: str, before: str, after: str | None, severity: str) -> None:
    assert [risk[0] for risk in found(case(None, None, None, value(path, before, after)))] == [severity]


def test_a_value_like_any_other_is_no_risk() -> None:
    assert found(case(None, None, None, value("model.params.max_depth", "4", "6"))) == []


def test_gates_by_what_becomes_of_them() -> None:
    gates = tuple(
        GateChange("roc_auc", fate, "old", "new", "larger")
        for fate in ("tightened", "added", "changed", "loosened", "removed")
    )

    assert found(case(PipelineChange("p", "changed", gates=gates))) == [
        ("high", "gate loosened: old → new"),
        ("high", "gate removed: old"),
        ("medium", "gate changed: old → new"),
        ("low", "gate tightened: old → new"),
    ]


def test_no_gate_at_all() -> None:
    (risk,) = risks([case(after=plan(gates=[]))])

    assert (risk.severity, risk.reason) == ("high", "every model that trains becomes champion")
    assert found(case(before=plan(gates=[]), after=plan(gates=[]))) == []


def test_another_registered_model() -> None:
    loose = plan("q", gates=[{"metric": "r2", "baseline": "champion", "if_absent": "pass"}])
    strict = plan("q", gates=[{"metric": "r2", "baseline": "champion", "if_absent": "refuse"}])
    renamed = PipelineChange("q", "changed", "p")

    assert risks([case(renamed, None, loose)])[0].reason.endswith("promoted without a comparison")
    assert risks([case(renamed, None, strict)])[0].reason.endswith("the first model is refused")


def test_schedules() -> None:
    def messages(**facts: Any) -> list[tuple[str, str]]:
        schedule = ScheduleChange(**{"fate": "rescheduled", "before": "a", "after": "b", **facts})
        return found(case(PipelineChange("p", "changed", schedule=schedule)))

    assert messages(backfill=3) == [("medium", "catchup starts 3 runs for days that are past")]
    assert messages(backfill=1000, backfill_is_more=True)[0] == (
        "high",
        "catchup starts more than 1,000 runs for days that are past",
    )
    assert messages(times_as_often=24.0) == [("medium", "runs 24 times as often")]
    assert messages(times_as_often=0.14) == [("low", "runs 0.14 times as often")]
    assert messages() == []


def test_data_features_and_scores() -> None:
    features = (
        FeatureChange("a", "added", ""),
        FeatureChange("b", "added", ""),
        FeatureChange("c", "type", "int → float"),
    )
    change = PipelineChange(
        "p", "changed", features=features, sql=SqlChange(rows=("WHERE",)), incomparable=("another target is predicted",)
    )

    assert found(case(change)) == [
        ("high", "scores are not comparable with earlier ones: another target is predicted"),
        ("medium", "the SQL gives other rows: WHERE changed"),
        ("medium", "features added: a, b"),
        ("medium", "feature of another type: c"),
    ]


def test_the_worst_first_and_a_shared_one_once() -> None:
    one = Case(PipelineChange("a", "changed"), plan("a"), plan("a"), (value("seed", "1", "2"),))
    two = Case(PipelineChange("b", "changed"), plan("b"), plan("b"), (value("home", "x", "y"), value("seed", "1", "2")))

    assert [(risk.severity, risk.pipelines) for risk in risks([one, two])] == [("high", ("b",)), ("low", ("a", "b"))]
    assert isinstance(risks([one])[0], Risk)
