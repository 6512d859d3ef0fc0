"""A pod's log over connections that break: each line once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from headrace_airflow.runtimes.pod_log import PodLog

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class Answer:
    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = lines

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield from self._lines

    def release_conn(self) -> None:
        """Nothing to give back."""


class Connections:
    """An API whose every answer is one of these."""

    def __init__(self, *answers: Sequence[bytes]) -> None:
        self._answers = iter(answers)

    def read_namespaced_pod_log(self, *_: Any, **__: Any) -> Answer:
        return Answer(next(self._answers))


def line(seconds: float, text: str) -> bytes:
    moment = BEGIN + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}000Z {text}\n".encode()


def read(*answers: Sequence[bytes]) -> list[str]:
    said: list[str] = []
    log = PodLog(Connections(*answers), "pod", "default", "stage", said.append)  # type: ignore[arg-type]
    for _ in answers:
        log.follow(until_end=True)
    return said


def test_two_streams_may_come_a_little_out_of_order() -> None:
    assert read([line(1.000002, "errors"), line(1.000001, "output")]) == ["errors", "output"]


def test_what_comes_again_after_a_break_is_not_said_twice() -> None:
    first = [line(1, "a"), line(2, "b"), line(1.5, "late")]

    assert read(first, [*first, line(3, "b")]) == ["a", "b", "late", "b"]


def test_what_was_read_long_ago_is_not_said_again() -> None:
    old, new = line(1, "old"), line(100, "new")

    assert read([old, new], [old, new]) == ["old", "new"]


@given(
    gaps=st.lists(st.floats(0.001, 30), min_size=1, max_size=40),
    late=st.lists(st.floats(0, 1), min_size=40, max_size=40),
    breaks=st.lists(st.integers(0, 40), max_size=5),
)
def test_each_line_comes_once(gaps: list[float], late: list[float], breaks: list[int]) -> None:
    """Whatever the breaks, where a server repeats the last five seconds before the newest line that was read."""
    moments = [sum(gaps[: index + 1]) for index in range(len(gaps))]
    stamped = [moment - late[index] for index, moment in enumerate(moments)]
    lines = [line(moment, str(index)) for index, moment in enumerate(stamped)]
    ends = [*sorted(min(end, len(lines)) for end in breaks), len(lines)]
    answers: list[list[bytes]] = []
    asked_from = -math.inf
    for end in ends:
        answers.append([each for moment, each in zip(stamped[:end], lines[:end], strict=True) if moment >= asked_from])
        asked_from = max([asked_from, *(moment - 5 for moment in stamped[:end])])

    assert read(*answers) == [str(index) for index in range(len(lines))]
