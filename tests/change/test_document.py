from __future__ import annotations

import json
from dataclasses import FrozenInstanceError

import pytest

from headrace.change.document import FORMAT, Change, PipelineChange, Risk, ValueChange
from headrace.errors import Diagnostic, Place


def test_everything_is_in_the_json() -> None:
    found = Diagnostic("HR140", "unknown key", Place("a.yaml", 1, 2))
    value = ValueChange("seed", "1", "2", None, Place("a.yaml", 1, 2), ("p",))
    change = Change(
        "HEAD",
        "c",
        "now",
        (PipelineChange("p", "breaks", diagnostics=(found,)),),
        2,
        (value,),
        (Risk("high", "m", "r", ("p",)),),
    )

    document = json.loads(json.dumps(change.to_json()))

    assert (document["format"], document["has_effect"], document["is_broken"], document["unchanged"]) == (
        FORMAT,
        True,
        True,
        2,
    )
    assert document["pipelines"][0]["diagnostics"][0]["line"] == 1
    assert document["values"][0]["after_place"] == {"file": "a.yaml", "line": 1, "column": 2}
    assert document["risks"][0]["severity"] == "high"
    assert set(document["pipelines"][0]) == set(PipelineChange.__dataclass_fields__)


def test_it_is_frozen() -> None:
    change = Change("HEAD", "c", "now", (), 0)

    with pytest.raises(FrozenInstanceError):
        change.against = "other"  # type: ignore[misc]
    assert not change.has_effect
    assert change.values_of("p") == ()
