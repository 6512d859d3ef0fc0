"""Conditions and outlets -> Airflow's assets; partitions -> what maps their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from airflow.sdk import Asset

from headrace_airflow.spec.model import OutletSpec, ScheduleSpec


def build_outlets(outlets: Sequence[OutletSpec]) -> list[Asset]:
    """The assets that a task makes new."""
    return [Asset(name=outlet.name, uri=outlet.uri) for outlet in outlets]


def build_ports(assets: Sequence[Mapping[str, str]]) -> list[Asset]:
    """What an added task reads or makes new, defined wholly.

    Airflow tells nobody of a reference that no DAG defines, shows no reference in its lineage, and fails a task that
    reads one which nobody defines.
    """
    return [Asset(name=asset["name"], uri=asset["uri"]) for asset in assets]


def build_condition(condition: Mapping[str, Any]) -> Any:
    """What a DAG waits for.

    A name or a URI alone refers to an asset that some DAG defines; both together define it. To define one under half of
    its identity would switch off the one that has all of it.
    """
    if "alias" in condition:
        from airflow.sdk import AssetAlias

        return AssetAlias(condition["alias"])
    if "all" in condition:
        from airflow.sdk import AssetAll

        return AssetAll(*map(build_condition, condition["all"]))
    if "any" in condition:
        from airflow.sdk import AssetAny

        return AssetAny(*map(build_condition, condition["any"]))
    if len(condition) > 1:
        return Asset(**condition)
    if "uri" in condition:
        return Asset.ref(uri=Asset(condition["uri"]).uri)  # as Airflow writes it where it is defined
    return Asset.ref(**condition)


def build_mapper(schedule: ScheduleSpec) -> Any:
    """The key of a run from the keys of what it waits for: the same, or that of the coarser partition they make up."""
    from airflow import sdk

    from headrace.schedule.partitions import KEY_FORMATS

    if schedule.upstream is None or schedule.partition is None:
        return sdk.IdentityMapper()
    mappers = {"day": sdk.StartOfDayMapper, "week": sdk.StartOfWeekMapper, "month": sdk.StartOfMonthMapper}
    windows = {"day": sdk.DayWindow, "week": sdk.WeekWindow, "month": sdk.MonthWindow}
    by = schedule.partition
    mapper = mappers[by](
        timezone=schedule.timezone, input_format=KEY_FORMATS[schedule.upstream], output_format=KEY_FORMATS[by]
    )
    return sdk.RollupMapper(upstream_mapper=mapper, window=windows[by]())
