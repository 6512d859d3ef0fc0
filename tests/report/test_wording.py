from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.report import wording


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.71214, "0.712"),
        (54.318, "54.32"),
        (543.18, "543.2"),
        (-1234567.8, "\N{MINUS SIGN}1,234,568"),
        (0.000123456, "0.000123"),
        (0.0, "0.000"),
        (-0.0001, "\N{MINUS SIGN}0.000100"),
        (1.5e300, "1.5e+300"),
        (float("nan"), "n/a"),
        (float("-inf"), "n/a"),
        (None, "n/a"),
    ],
)
def test_numbers_have_sensible_digits(value: float | None, text: str) -> None:
    assert wording.number(value) == text


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_two_numbers_that_differ_read_differently(one: float, other: float) -> None:
    digits = wording.digits_for(one, other)
    assert wording.number(one, digits) != wording.number(other, digits) or digits == 8 or one == other


def test_a_score_close_to_its_bound_is_told_from_it() -> None:
    digits = wording.digits_for(0.6498, 0.65)
    assert (wording.number(0.6498, digits), wording.bound(0.65, digits)) == ("0.6498", "0.65")


@given(st.floats())
def test_any_number_can_be_written(value: float) -> None:
    assert wording.number(value)
    assert wording.value(value)


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0%"), (0.0004, "<0.1%"), (0.2312, "23.1%"), (0.9999, ">99.9%"), (1.0, "100%")]
)
def test_a_share_is_only_whole_if_it_is(value: float, text: str) -> None:
    assert wording.share(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0413, "0.04 s"), (12.34, "12.3 s"), (185, "3 min 05 s"), (7620, "2 h 07 min")]
)
def test_durations(value: float, text: str) -> None:
    assert wording.seconds(value) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2013-12-02", "2 Dec 2013"),
        ("2014-01-01T04:00:00+00:00", "1 Jan 2014, 04:00 UTC"),
        ("2014-01-01T04:00:00-05:00", "1 Jan 2014, 09:00 UTC"),
        ("2014-01-01T04:00:00", "1 Jan 2014, 04:00 UTC"),
        ("last Tuesday", "last Tuesday"),
        (None, "unknown"),
    ],
)
def test_moments_name_their_zone(text: str | None, written: str) -> None:
    assert wording.written_moment(text) == written


@pytest.mark.parametrize(
    ("metric", "name"), [("roc_auc", "ROC AUC"), ("r2", "R²"), ("mean_absolute_error", "Mean absolute error")]
)
def test_metrics_have_names(metric: str, name: str) -> None:
    assert wording.metric_name(metric) == name


@pytest.mark.parametrize(("size", "text"), [(12, "12 B"), (8_204_033, "8.2 MB"), (254_116, "254 kB"), (None, "n/a")])
def test_sizes(size: int | None, text: str) -> None:
    assert wording.size(size) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "null"), (True, "true"), (0.1, "0.1"), (math.nan, "nan"), ("x", "x"), (3, "3")]
)
def test_values_read_as_in_yaml(value: object, text: str) -> None:
    assert wording.value(value) == text


def test_passwords_are_taken_out() -> None:
    assert wording.without_password("a http://u:p@h/x b s3://c/d@e") == "a http://h/x b s3://c/d@e"
