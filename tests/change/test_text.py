from __future__ import annotations

from headrace.change.document import Change, PipelineChange, ValueChange
from headrace.change.text import as_text, names


def test_nothing_to_tell_is_one_line() -> None:
    assert as_text(Change("v1", "c" * 40, "2026-01-01T00:00", (), 1)) == (
        "compared with v1 (cccccccccc, 2026-01-01): nothing changes in what 1 pipeline does\n"
    )


def test_many_values_are_counted() -> None:
    values = tuple(ValueChange(f"a.{number}", "1", "2", None, None, ("p",)) for number in range(16))

    text = as_text(Change("v1", "c" * 40, "2026-01-01", (PipelineChange("p", "changed"),), 0, values))

    assert "and 1 more value: --format json lists them" in text


def test_many_pipelines_are_counted() -> None:
    assert names(("a", "b")) == "a, b"
    assert names([f"p{number}" for number in range(100)]) == "100 pipelines (p0, p1, p2, …)"
