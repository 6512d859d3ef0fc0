from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.data.membership import dealt, identities

shares = st.tuples(st.floats(0.05, 0.45), st.none() | st.floats(0.05, 0.45))
ids = st.lists(st.text(max_size=8), min_size=1, max_size=40)


def expected(identity: str, test: float, validation: float | None) -> str:
    """The same rule written with nothing but the standard library."""
    fraction = int(hashlib.md5(identity.encode()).hexdigest()[:16], 16) / 2**64
    if fraction < test:
        return "test"
    return "validation" if fraction < test + (validation or 0) else "train"


@settings(max_examples=60, deadline=None)
@given(ids, shares)
def test_a_part_is_a_matter_of_the_identity_alone(texts: list[str], share: tuple[float, float | None]) -> None:
    parts = dealt(pl.Series("identity", texts), *share).to_list()
    assert parts == [expected(text, *share) for text in texts]


@settings(max_examples=40, deadline=None)
@given(ids, ids, shares)
def test_rows_that_come_or_go_move_no_other(
    texts: list[str], more: list[str], share: tuple[float, float | None]
) -> None:
    before = dealt(pl.Series("identity", texts), *share).to_list()
    after = dealt(pl.Series("identity", [*more, *texts]), *share).to_list()
    assert after[len(more) :] == before


def test_the_parts_of_known_ids_never_change() -> None:
    parts = dealt(pl.Series("identity", [str(number) for number in range(12)]), 0.3, 0.3).to_list()
    assert "".join(part[1] for part in parts) == "rrrrrrearera"


def test_shares_are_what_they_say() -> None:
    parts = dealt(pl.select(pl.int_range(50_000).cast(pl.String)).to_series(), 0.2, 0.1)
    assert abs((parts == "test").mean() - 0.2) < 0.01
    assert abs((parts == "validation").mean() - 0.1) < 0.01


def test_many_rows_keep_their_order() -> None:
    texts = pl.select(pl.int_range(500_000).cast(pl.String)).to_series()
    parts = dealt(texts, 0.5, None)
    some = [0, 1, 122_879, 122_880, 250_001, 499_999]
    assert [parts[place] for place in some] == [expected(texts[place], 0.5, None) for place in some]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pl.Series([1, 2], dtype=pl.Int64), pl.Series([1, 2], dtype=pl.Int16)),
        (pl.Series([1, 2]), pl.Series(["1", "2"])),
        (pl.Series([0.5, 2]), pl.Series([0.5, 2], dtype=pl.Float32)),
        (pl.Series([0.0]), pl.Series([-0.0])),
        (pl.Series(["a"]), pl.Series(["a"], dtype=pl.Categorical)),
        (
            pl.Series([datetime(2013, 1, 1, 5, tzinfo=UTC)]),
            pl.Series([datetime(2013, 1, 1, 5, tzinfo=UTC)]).dt.convert_time_zone("Asia/Tokyo").dt.cast_time_unit("ms"),
        ),
    ],
)
def test_equal_values_are_one_identity_whatever_their_type(one: pl.Series, other: pl.Series) -> None:
    texts = [identities(pl.DataFrame([values.alias("x")]), ["x"]).to_list() for values in (one, other)]
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    "rows",
    [
        [{"a": "x", "b": "yz"}, {"a": "xy", "b": "z"}],
        [{"a": None, "b": "x"}, {"a": "x", "b": None}],
        [{"a": None, "b": "x"}, {"a": "", "b": "x"}],
        [{"a": 1.5}, {"a": 1.5000000000000002}],
        [{"a": 0.0}, {"a": None}],
        [{"a": True}, {"a": False}],
        [{"a": date(2013, 1, 1)}, {"a": date(2013, 1, 2)}],
    ],
)
def test_unlike_rows_are_unlike_identities(rows: list[dict[str, Any]]) -> None:
    frame = pl.DataFrame(rows)
    assert identities(frame, frame.columns).n_unique() == 2


def test_lists_are_no_identity() -> None:
    with pytest.raises(TypeError, match="x is List"):
        identities(pl.DataFrame({"x": [[1]]}), ["x"])
