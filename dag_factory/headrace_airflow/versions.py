"""What the installed Airflow has: its names, where this or an older version keeps them, and since when.

The oldest Airflow that DAGs are built for is 3.2. A feature that the installed one lacks is a diagnostic of the
pipelines that use it: nothing is left out in silence.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from headrace.errors import HeadraceError

if TYPE_CHECKING:  # in the newest one, that is; `__getattr__` finds them in any
    from airflow.sdk import SkipMixin
    from airflow.sdk.exceptions import (
        AirflowException,
        AirflowFailException,
        AirflowSkipException,
        AirflowTimetableInvalid,
    )

__all__ = [
    "AirflowException",
    "AirflowFailException",
    "AirflowSkipException",
    "AirflowTimetableInvalid",
    "SkipMixin",
    "find",
]

#: The oldest version that is tested.
OLDEST = (3, 2)

#: Where names are looked for, the newest place first.
_HOMES = ("airflow.sdk", "airflow.sdk.exceptions", "airflow.sdk.log")
#: Name -> where versions before the newest keep it.
_OLDER = {
    "AirflowException": "airflow.exceptions",
    "AirflowFailException": "airflow.exceptions",
    "AirflowSkipException": "airflow.exceptions",
    "AirflowTimetableInvalid": "airflow.exceptions",
    "AssetOrTimeSchedule": "airflow.timetables.assets",
    "CronDataIntervalTimetable": "airflow.timetables.interval",
    "CronTriggerTimetable": "airflow.timetables.trigger",
    "DagRunState": "airflow.utils.state",
    "DeadlineAlert": "airflow.sdk.definitions.deadline",
    "DeadlineReference": "airflow.sdk.definitions.deadline",
    "DeltaDataIntervalTimetable": "airflow.timetables.interval",
    "EventsTimetable": "airflow.timetables.events",
    "MultipleCronTriggerTimetable": "airflow.timetables.trigger",
    "SkipMixin": "airflow.models.skipmixin",
}
#: Name or feature -> the version that brought it, where that is not the oldest.
_SINCE = {
    "ExceptionRetryPolicy": "3.3",
    "RetryRule": "3.3",
    "RollupMapper": "3.3",
    "PartitionedAtRuntime": "3.3",
    "DayWindow": "3.3",
    "WeekWindow": "3.3",
    "MonthWindow": "3.3",
    "retries by kind of failure": "3.3",
}


class LackingError(HeadraceError):
    """The installed Airflow has no such feature."""

    code = "HR411"


@cache
def find(name: str) -> Any:
    """A name of Airflow's public interface; LackingError if the installed version has none of it."""
    for home in (*_HOMES, *filter(None, [_OLDER.get(name)])):
        try:
            return getattr(import_module(home), name)
        except (ImportError, AttributeError):
            continue
    raise lacking(name)


def lacking(what: str, key: str | None = None) -> LackingError:
    """The error that a feature is not there: a name of Airflow's, or a keyword that it does not know.

    `key`: what asks for it in the configuration, where that is known.
    """
    since = _SINCE.get(what)
    came = f"; it came with {since}" if since else ""
    without = f"delete `{key}`" if key else "leave out what needs it"
    remedy = f"install Airflow {since} or newer, or {without}" if since else "install a newer Airflow"
    return LackingError(f"Airflow {installed()}, which is installed here, has no {what}{came}", remedy=remedy, key=key)


def lacking_of(error: Exception) -> LackingError | None:
    """What an error while a DAG was built says of a missing feature of Airflow; None if it is about something else."""
    if tuple(int(part) for part in installed().split(".")[:2]) < OLDEST:
        needed = ".".join(map(str, OLDEST))
        message = f"Airflow {installed()} is older than {needed}, the oldest that DAGs are built for ({error})"
        return LackingError(message, remedy=f"install Airflow {needed} or newer")
    said = str(error)
    if isinstance(error, ImportError) and (error.name or "").startswith("airflow"):
        named = said.split("'")[1] if said.startswith("cannot import name '") else str(error.name)
        return lacking(named)
    if isinstance(error, AttributeError) and said.startswith("module 'airflow"):
        return lacking(said.split("'")[-2])
    if isinstance(error, TypeError) and "unexpected keyword argument '" in said:
        return lacking("keyword " + said.split("'")[-2])
    return None


def installed() -> str:
    """Version of the installed Airflow."""
    from airflow import __version__

    return str(__version__)


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        return find(name)
    except LackingError as error:
        raise AttributeError(error.message) from error
