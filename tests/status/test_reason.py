"""A reason as a document."""

from __future__ import annotations

from headrace.status.reason import Reason


def test_a_reason_is_flat() -> None:
    assert Reason("value", "seed", 1, 2, "c.yaml:1:7").to_json() == {
        "kind": "value",
        "what": "seed",
        "before": 1,
        "after": 2,
        "place": "c.yaml:1:7",
        "place_before": None,
    }
