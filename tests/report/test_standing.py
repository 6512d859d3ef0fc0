from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.report.standing import difference, scale

_score = st.one_of(st.none(), st.floats())


@pytest.mark.parametrize(
    ("score", "other", "direction", "gain", "standing"),
    [
        (0.75, 0.5, "max", 0.25, "better"),
        (0.5, 0.75, "max", -0.25, "worse"),
        (0.5, 0.75, "min", 0.25, "better"),
        (0.5, 0.5, "min", 0.0, "same"),
    ],
)
def test_the_direction_decides_what_is_better(
    score: float, other: float, direction: str, gain: float, standing: str
) -> None:
    found = difference(score, other, direction)  # type: ignore[arg-type]
    assert found is not None
    assert (found.gain, found.standing) == (gain, standing)


@pytest.mark.parametrize(
    ("score", "other", "direction"),
    [(None, 0.5, "max"), (0.5, None, "max"), (float("nan"), 0.5, "max"), (0.5, float("inf"), "min"), (0.5, 0.4, None)],
)
def test_what_cannot_be_compared_is_not(score: float | None, other: float | None, direction: str | None) -> None:
    assert difference(score, other, direction) is None  # type: ignore[arg-type]


def test_a_scale_runs_from_the_worst_to_perfect() -> None:
    up = scale("max", 0.7, 0.5, None)
    assert up is not None
    assert [up.at(score) for score in (0.5, 0.7, 0.75, 1.0)] == [0, 40, 50, 100]
    down = scale("min", 60.0, 80.0)
    assert down is not None
    assert [down.at(score) for score in (80, 60, 0)] == [0, 25, 100]


def test_a_model_worse_than_guessing_begins_the_scale() -> None:
    line = scale("max", -0.5, 0.0)
    assert line is not None
    assert (line.at(-0.5), line.at(0.0)) == (0, 33.33)


def test_a_scale_as_wide_as_numbers_go_has_places() -> None:
    line = scale("max", -1.7e308, 1.7e308)
    assert line is not None
    assert 0 <= line.at(1.0) <= 100


@given(st.sampled_from(["max", "min", None]), st.lists(_score, max_size=4))
def test_every_place_is_on_the_line(direction: str | None, scores: list[float | None]) -> None:
    line = scale(direction, *scores)  # type: ignore[arg-type]
    if line is not None:
        assert all(0 <= line.at(score) <= 100 for score in scores if score is not None and math.isfinite(score))
