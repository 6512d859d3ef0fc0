from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from headrace.config.partial import UnknownPartError, as_far_as_known, sound_parts
from headrace.config.schema import Spec
from headrace.errors import Diagnostic

DATASET = {"sources": {"a": {"type": "csv", "path": "a.csv"}}}


def sound(values: dict[str, object]) -> Spec | None:
    with pytest.raises(ValidationError) as caught:
        Spec.model_validate({"name": "x", **values})
    return sound_parts({"name": "x", **values}, caught.value)


def test_sound_parts_are_told_and_broken_ones_are_not() -> None:
    spec = sound({"dataset": DATASET, "seed": "no number", "owner": "me"})
    assert spec is not None
    assert spec.owner == "me"
    with pytest.raises(UnknownPartError):
        _ = spec.seed


def test_a_part_by_a_like_name_is_unknown() -> None:
    spec = sound({"dataset": DATASET, "metrcs": []})
    assert spec is not None
    with pytest.raises(UnknownPartError):
        _ = spec.metrics


def test_a_model_may_lack_what_it_needs() -> None:
    spec = sound({"dataset": DATASET, "model": {"type": "a.B"}})
    assert spec is not None
    assert (spec.split, spec.dataset.transform) == (None, None)


def test_nothing_is_known_where_nothing_was_chosen() -> None:
    assert sound({"default": []}) is None


def test_a_rule_ends_where_it_asks_for_a_broken_part() -> None:
    spec = sound({"seed": 1})

    def rule() -> Iterator[Diagnostic]:
        assert spec is not None
        yield Diagnostic("HR150", spec.owner)
        yield Diagnostic("HR150", str(spec.dataset))

    assert [found.message for found in as_far_as_known(rule())] == ["nobody"]
