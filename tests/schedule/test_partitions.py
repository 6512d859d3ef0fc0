from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.schedule.partitions import KEY_FORMATS, end_of_partition, key_of, last_run_of, start_of_key


@pytest.mark.parametrize(
    ("by", "moment", "zone", "key", "end"),
    [
        ("hour", "2026-05-01T06:30", "UTC", "2026-05-01T06", "2026-05-01T07:00"),
        ("day", "2026-05-01T22:30", "Europe/Berlin", "2026-05-02", "2026-05-02T22:00"),
        ("day", "2026-03-29T12:00", "Europe/Berlin", "2026-03-29", "2026-03-29T22:00"),  # 23 hours long
        ("day", "2026-10-25T12:00", "Europe/Berlin", "2026-10-25", "2026-10-25T23:00"),  # 25 hours long
        ("week", "2026-05-03T12:00", "UTC", "2026-04-27", "2026-05-04T00:00"),
        ("month", "2026-01-31T12:00", "UTC", "2026-01", "2026-02-01T00:00"),
        ("month", "2026-12-31T23:30", "Europe/Berlin", "2027-01", "2027-01-31T23:00"),
    ],
)
def test_keys_and_ends(by: str, moment: str, zone: str, key: str, end: str) -> None:
    when = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert key_of(when, by, zone) == key
    assert end_of_partition(when, by, zone) == datetime.fromisoformat(end).replace(tzinfo=UTC)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - made aware
    st.sampled_from(["day", "week", "month"]),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
)
def test_partitions_follow_on_each_other(moment: datetime, by: str, zone: str) -> None:
    end = end_of_partition(moment, by, zone)
    key = key_of(moment, by, zone)
    assert moment < end
    assert end_of_partition(start_of_key(key, by, zone), by, zone) == end
    assert key_of(end, by, zone) > key
    assert end < last_run_of(moment, by, zone) < end_of_partition(last_run_of(moment, by, zone), by, zone)


def test_a_key_of_another_form_is_refused() -> None:
    for by in KEY_FORMATS:
        with pytest.raises(ValueError, match="does not match"):
            start_of_key("yesterday", by, "UTC")
