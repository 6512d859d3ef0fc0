"""Timetables that Airflow's scheduler imports: registered by the plugin, so their paths must stay."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from airflow.serialization.decoders import decode_timetable
from airflow.serialization.encoders import coerce_to_core_timetable, encode_timetable
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable
from airflow.timetables.interval import CronDataIntervalTimetable, DeltaDataIntervalTimetable
from pendulum import DateTime, instance

from headrace.errors import HeadraceError
from headrace.schedule.blackout import MOST, NEVER, just_before, window_end


class BlackoutTimetable(Timetable):
    """Another timetable, without the runs that would start in one of some windows.

    Such a run is left out; it is not moved to the window's end. The clock behind it goes on, so the runs outside of the
    windows are those that there would be without them.
    """

    def __init__(self, timetable: Any, *, windows: Sequence[Mapping[str, Any]], timezone: str) -> None:
        self._inner: Timetable = coerce_to_core_timetable(timetable)
        self._windows = [dict(window) for window in windows]
        self._zone = timezone
        self.description = f"{self._inner.description}, but in no blackout"

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> BlackoutTimetable:
        """The timetable that `serialize` wrote."""
        return cls(decode_timetable(data["timetable"]), windows=data["windows"], timezone=data["timezone"])

    def serialize(self) -> dict[str, Any]:
        """What Airflow stores."""
        return {"timetable": encode_timetable(self._inner), "windows": self._windows, "timezone": self._zone}

    @property
    def summary(self) -> str:
        """What the UI shows."""
        return self._inner.summary

    def validate(self) -> None:
        """Raises AirflowTimetableInvalid where the timetable inside does."""
        self._inner.validate()

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        """Runs by hand are not held back."""
        return self._inner.infer_manual_data_interval(run_after=run_after)

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """The next run outside of the windows; None if there is none."""
        last = last_automated_data_interval
        for _ in range(MOST):
            info = self._inner.next_dagrun_info(last_automated_data_interval=last, restriction=restriction)
            end = window_end(self._windows, self._zone, info.run_after) if info else None
            if info is None or end is None:
                return info
            if end == NEVER:
                break
            last = self._last_before(end, info)
        return None

    def _last_before(self, end: datetime, info: DagRunInfo) -> DataInterval:
        """The data of the last run that starts before the window's end: what follows it is the first one after."""
        before = instance(just_before(end))
        if isinstance(self._inner, CronDataIntervalTimetable):
            return interval_before(self._inner, before)
        held = info.data_interval
        assert held is not None
        if isinstance(self._inner, DeltaDataIntervalTimetable):
            # Pendulum's intervals do not divide by Python's.
            length = (held.end - held.start).total_seconds()
            whole = (before - info.run_after).total_seconds() // length
            skipped = timedelta(seconds=whole * length)
            return DataInterval(held.start + skipped, held.end + skipped)
        return DataInterval.exact(before)


def interval_before(timetable: Timetable, moment: DateTime) -> DataInterval:
    """The last interval of data that ends by a moment, for the run after it to be asked for.

    Where clocks skip a cron's time Airflow infers an interval without length, after which it would leave a run out.
    """
    inferred = timetable.infer_manual_data_interval(run_after=moment)
    return DataInterval(min(inferred.start, inferred.end.subtract(seconds=1)), inferred.end)


class TimetableError(HeadraceError):
    """A timetable that cannot be made, or that Airflow cannot store."""

    code = "HR309"


def named_timetable(name: str, params: Mapping[str, Any]) -> Any:
    """A timetable of a class by its import path.

    TimetableError if there is none, it takes no such parameters, or Airflow cannot store it.
    """
    made = _class(name)
    try:
        timetable = made(**params)
    except (TypeError, ValueError) as error:
        raise _refused(f"`{name}` does not take these parameters: {error}") from error
    _require_storable(
        timetable,
        f"`{name}`",
        "schedule.timetable",
        "name its class in `timetables` of a plugin in Airflow's plugins folder; the page on schedules has one",
    )
    return timetable


def with_blackout(timetable: Any, windows: Sequence[Mapping[str, Any]], timezone: str) -> BlackoutTimetable:
    """The timetable without its runs in the windows; TimetableError where this Airflow does not know such a one."""
    made = BlackoutTimetable(timetable, windows=windows, timezone=timezone)
    _require_storable(
        made,
        "headrace's timetable, which leaves blackouts out",
        "schedule.blackout",
        "install headrace in Airflow's environment as a package, or put a file into Airflow's plugins folder that says "
        "`from headrace_airflow.plugin import HeadracePlugin`",
    )
    return made


def _class(name: str) -> Any:
    from airflow.sdk.bases.timetable import BaseTimetable

    module, _, attribute = name.rpartition(".")
    try:
        kind = getattr(import_module(module), attribute)
    except (Exception, SystemExit) as error:  # somebody else's module may do anything when it is imported
        raise _refused(f"`{name}` cannot be imported where Airflow runs: {type(error).__name__}: {error}") from error
    if not (isinstance(kind, type) and (issubclass(kind, BaseTimetable) or Timetable in kind.__mro__)):
        raise _refused(f"`{name}` is no timetable class of Airflow's")
    if kind.__module__.partition(".")[0] != name.partition(".")[0]:
        raise _refused(f"`{name}` comes from another package: {kind.__module__}")
    return kind


def _require_storable(timetable: Any, what: str, key: str, registering: str) -> None:
    """Have Airflow encode it now: what it refuses when the DAG is stored hides all DAGs of the file."""
    try:
        json.dumps(encode_timetable(timetable))
    except Exception as error:
        if hasattr(error, "type_string"):  # TimetableNotRegistered, which versions keep in different places
            message = f"this Airflow does not know {what}: no plugin that it has loaded registers {error.type_string}"
            raise TimetableError(message, remedy=registering, key=key) from error
        message = f"{what} cannot be stored: {type(error).__name__}: {error}"
        raise TimetableError(message, remedy="mend its `serialize`", key=key) from error


def _refused(message: str) -> TimetableError:
    return TimetableError(message, remedy="mend `schedule.timetable`", key="schedule.timetable")
