"""Annotations as text, and what YAML may give for them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.operators.annotations import converted, kinds, needs_python, problem


@pytest.mark.parametrize(
    ("annotation", "accepted"),
    [
        ("str", {"text"}),
        ("timedelta | None", {"duration", "null"}),
        ("datetime.timedelta | float", {"duration", "number"}),
        ("Optional[int]", {"whole number", "null"}),
        ("typing.Union[str, list[str], None]", {"text", "list", "null"}),
        ("dict[str, Any] | None", {"mapping", "null"}),
        ("Mapping[str, Callable[[int], str]]", {"mapping"}),
        ("'bool'", {"true or false"}),
        ("datetime.time", {"time of day"}),
        ("Literal['a, b', 'c|d', 3] | None", {"`a, b`", "`c|d`", "3", "null"}),
        ("typing.Optional[typing.Literal['a', True]]", {"`a`", "true or false", "null"}),
    ],
)
def test_what_an_annotation_accepts(annotation: str, accepted: set[str]) -> None:
    assert kinds(annotation) == accepted


@pytest.mark.parametrize("annotation", [None, "", "Any", "ParamsDict | dict[str, Any] | None", "T", "Literal[Mode.A]"])
def test_what_nothing_is_known_of_is_not_checked(annotation: str | None) -> None:
    assert kinds(annotation) is None
    assert problem(object(), kinds(annotation)) == ""


@pytest.mark.parametrize(
    ("annotation", "value", "said"),
    [
        ("int", "soon", "`soon`, and has to be a whole number"),
        ("bool", 1, "`1`, and has to be true or false"),
        ("int", True, "`True`, and has to be a whole number"),
        ("timedelta", 30, "`30`, which has no unit: s, m, h, d or w"),
        ("timedelta", "1 hour", "`1 hour`, and has to be a duration such as 30m"),
        ("str", {"a": 1}, "a mapping, and has to be text"),
        ("Literal['poke', 'reschedule']", "reshedule", "`reshedule`, and has to be `poke` or `reschedule`"),
        ("Literal['poke', 'reschedule']", "poke", ""),
        ("Literal['1', 2]", 1, "`1`, and has to be 2 or `1`"),
        ("Literal['1', 2]", 2, ""),
        ("float", 3, ""),
        ("timedelta | float", 30, ""),
        ("timedelta | None", "1h30m", ""),
        ("datetime", "2024-01-31T06:00:00+02:00", ""),
    ],
)
def test_why_a_value_is_not_accepted(annotation: str, value: Any, said: str) -> None:
    assert problem(value, kinds(annotation)) == said


@pytest.mark.parametrize(
    ("annotation", "text", "made"),
    [
        ("timedelta | None", "1d", timedelta(days=1)),
        ("datetime", "2024-01-31", datetime(2024, 1, 31, tzinfo=UTC)),
        ("date | None", "2024-01-31", date(2024, 1, 31)),
        ("datetime.time", "06:30", time(6, 30)),
        ("str | timedelta", "1d", "1d"),
        ("Literal['1d'] | timedelta", "1d", "1d"),
        ("Literal['1d'] | timedelta", "2d", timedelta(days=2)),
        (None, "1d", "1d"),
        ("Any", "1d", "1d"),
    ],
)
def test_text_becomes_what_the_annotation_asks_for_and_nothing_else(
    annotation: str | None, text: str, made: Any
) -> None:
    assert converted(text, annotation) == made


@given(st.text(), st.sampled_from(["str", "str | None", "Any", "str | timedelta", "list[str]", "dict", None]))
def test_text_stays_text_where_text_is_accepted(text: str, annotation: str | None) -> None:
    assert converted(text, annotation) is text


@given(st.integers(1, 10_000), st.sampled_from("smhdw"))
def test_every_duration_that_is_accepted_becomes_one(amount: int, unit: str) -> None:
    text = f"{amount}{unit}"

    is_accepted = problem(text, kinds("timedelta")) == ""

    assert is_accepted == isinstance(converted(text, "timedelta"), timedelta)


def test_functions_cannot_come_from_yaml() -> None:
    assert needs_python("Callable[..., bool] | None")
    assert needs_python("typing.Callable")
    assert not needs_python("Callable | str")
    assert not needs_python("ParamsDict")
