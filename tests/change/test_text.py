from __future__ import annotations

from headrace.change.document import Change, PipelineChange, StageChange, ValueChange
from headrace.change.text import as_text


def test_nothing_to_tell_is_one_line() -> None:
    assert as_text(Change("v1", "c" * 40, "2026-01-01T00:00", (), 1)) == (
        "compared with v1 (cccccccccc, 2026-01-01): nothing changes in what 1 pipeline does\n"
    )


def test_many_values_are_counted() -> None:
    values = tuple(ValueChange(f"a.{number}", "1", "2", None, None, ("p",)) for number in range(16))

    text = as_text(Change("v1", "c" * 40, "2026-01-01", (PipelineChange("p", "changed"),), 0, values))

    assert "and 1 more value: --format json lists them" in text


def test_pipelines_that_change_alike_are_told_together() -> None:
    stages = (StageChange("train", "runs", ("seed 1 → 2",)),)
    pipelines = tuple(PipelineChange(f"p{number}", "changed", retrains=True, stages=stages) for number in range(100))

    text = as_text(Change("v1", "c" * 40, "2026-01-01", (*pipelines, PipelineChange("q", "removed")), 0))

    assert "\n  100 pipelines (p0, p1, p2, …)  retrains\n  q" in text
    assert text.count("runs: train: seed 1 → 2") == 1
