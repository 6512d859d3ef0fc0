"""How a pipeline's DAG appears in Airflow, and what its runs are held to."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from headrace.clock import parse_moment
from headrace.config.schema.strict import Duration, Part, as_tuple

_LINK = re.compile(r"https?://[^\s/]+\S*|mailto:[^\s@]+@[^\s@]+")
#: What a deadline counts from, besides a fixed moment.
_REFERENCES = ("queued", "logical_date", "average")


class Deadline(Part):
    """When a run must have ended. One that has not goes on, and `notify` hears that it is late."""

    after: str = "queued"
    """What the time counts from: the moment that the run was `queued`, its `logical_date`, the `average` length of the
    runs before it (counted from its creation), or a moment in ISO 8601.

    Example: `logical_date`, or `2026-12-31T06:00:00Z`
    """
    within: Duration
    """How long after that the run must have ended.

    Unit: duration
    Example: `2h`
    """
    runs: Annotated[int, Field(ge=1)] = 10
    """How many runs an `average` is taken over; before there are as many, there is no deadline.

    Unit: runs
    Example: `10`
    """

    @field_validator("after")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in _REFERENCES:
            try:
                parse_moment(value)
            except ValueError:
                names = ", ".join(_REFERENCES)
                raise ValueError(f"{value!r} is none of {names}, and no ISO 8601 date or time") from None
        return value


class Dag(Part):
    """How Airflow shows the pipeline's DAG, and what it holds its runs to."""

    display_name: str | None = None
    """What Airflow's UI calls the DAG; its id stays the pipeline's name.

    Example: `Flight delays`
    """
    doc: str | None = None
    """Markdown that stands above the documentation that is made from the plan.

    Example: `"On call: see the [run book](https://wiki.example.com/flights)."`
    """
    links: dict[str, str] = Field(default_factory=dict)
    """Where each owner is found: a web address, or `mailto:` and one of e-mail.

    Example: `{ml-team: "mailto:ml@example.com"}`
    """
    groups: Literal["auto", "none"] = "auto"
    """`auto`: tasks are shown in groups (data, model, release), which fold; `none`: one by one.

    Their ids are the same either way.
    """
    paused: bool | None = None
    """Whether a DAG that Airflow sees for the first time is paused; null: as Airflow is set up."""
    timeout: Duration | None = None
    """The longest that a run may take; then it fails, and what it runs is ended.

    Unit: duration
    Example: `6h`
    """
    deadlines: Annotated[tuple[Deadline, ...], BeforeValidator(as_tuple)] = ()
    """When somebody must hear that a run is late.

    Example: `[{after: logical_date, within: 8h}]`
    """
    max_consecutive_failed_runs: Annotated[int, Field(ge=0)] = 0
    """Failed runs in a row after which Airflow pauses the DAG; 0: never.

    Unit: runs
    Example: `3`
    """
    max_active_tasks: Annotated[int, Field(ge=1)] | None = None
    """How many tasks of one run may be under way at once; null: as Airflow is set up.

    Unit: tasks
    Example: `4`
    """

    @field_validator("links")
    @classmethod
    def _addresses(cls, value: dict[str, str]) -> dict[str, str]:
        for owner, link in value.items():
            if not _LINK.fullmatch(link):
                raise ValueError(f"the link of {owner} is no address: write https://… or mailto:NAME@HOST")
        return value
