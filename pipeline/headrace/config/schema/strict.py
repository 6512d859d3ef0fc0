"""What every part of the schema shares: frozen, no unknown keys, types as they were written."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

from headrace.clock import DURATION_PATTERN, parse_duration


class Part(BaseModel):
    """Base of every part of the schema. Add to it only what all parts need."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _with_unit(value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number:
        raise ValueError(f"{value} has no unit: write s, m, h, d or w after it, as in {value}d")
    return value


def _duration_text(value: str) -> str:
    parse_duration(value)
    return value


def as_tuple(value: Any) -> Any:
    """A YAML list as a tuple; anything else as it is."""
    return tuple(value) if isinstance(value, list) else value


def _as_date(value: Any) -> Any:
    is_moment = isinstance(value, datetime)
    if is_moment:
        raise ValueError(f"{value} is a moment: write a day alone, YYYY-MM-DD, as in 2013-12-31")
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is not a date: write YYYY-MM-DD, as in 2013-12-31") from error


def _held(value: int) -> int:
    if not -_LARGEST <= value < _LARGEST:
        raise ValueError("a whole number of more than 64 bits: no column and no metric reaches it")
    return value


_LARGEST = 1 << 63
#: A whole number that a column can hold.
Int64 = Annotated[int, AfterValidator(_held)]
#: A duration as written, such as `30d`; `parse_duration` reads it.
Duration = Annotated[
    str,
    BeforeValidator(_with_unit),
    AfterValidator(_duration_text),
    WithJsonSchema({"type": "string", "pattern": DURATION_PATTERN, "description": "a duration, such as 1h30m"}),
]
#: A YAML list of names, kept as a tuple.
Names = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
#: A calendar date, written as YYYY-MM-DD.
Day = Annotated[date, BeforeValidator(_as_date), PlainSerializer(lambda day: day.isoformat(), return_type=str)]


def seconds(duration: str) -> float:
    """Length of a duration in seconds."""
    delta: timedelta = parse_duration(duration)
    return delta.total_seconds()
