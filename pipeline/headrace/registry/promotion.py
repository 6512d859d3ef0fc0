"""Moving the alias: only from the champion that was looked at, and never against somebody's decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from headrace.errors import ChampionMovedError, UsageError
from headrace.registry.champion import CLOCK, DIGEST, champion_of, remember_champions, version_by_alias
from headrace.registry.versions import registry_lock
from headrace.tracking.connection import connected, is_absent, literal
from headrace.tracking.settings import Settings

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

PROMOTED_AT = "headrace.promoted_at"
PREVIOUS = "headrace.previous"
#: When somebody put another version in this one's place by hand.
WITHDRAWN_AT = "headrace.withdrawn_at"


@dataclass(frozen=True, slots=True)
class Promotion:
    """What became of a candidate."""

    alias: str
    version: str
    previous: str | None
    """The version that carried the alias before."""
    promoted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One version, for whoever wants to see what was champion when."""

    version: str
    is_champion: bool
    created: str
    promoted_at: str | None
    withdrawn_at: str | None
    previous: str | None
    mlflow_run_id: str | None
    model_digest: str | None


def promote_version(
    settings: Settings, name: str, alias: str, version: str, seen: str | None, clock: datetime | None = None
) -> Promotion:
    """Give the alias to a version, if the champion is still the one that its gates looked at (`seen`; none: None).

    `clock` is the moment that the run looks from (none: now). A champion that looks from a later one keeps its place:
    runs promote in the order of what they know, not in the order in which they end. A version that was champion before
    and was replaced by hand is not promoted again. MLflow's registry has no
    conditional write: within one home a lock makes the comparison sure, and between homes it leaves milliseconds.
    Raises ChampionMovedError where the champion has changed, and ServiceError.
    """
    with registry_lock(settings, name), connected(settings) as client:
        champion = version_by_alias(client, name, alias)
        candidate = client.get_model_version(name, version)
        clock = clock or datetime.now(UTC)
        promotion = _decide(alias, champion, candidate, seen, clock, settings.pipeline or name)
        if promotion.promoted:
            _move(client, name, alias, champion, candidate, clock)
        remember_champions(client, settings)
    return promotion


def set_champion(settings: Settings, name: str, alias: str, version: str) -> Promotion:
    """Give the alias to a version because somebody says so; the one that it is taken from counts as withdrawn.

    Raises UsageError for a version that does not exist, and ServiceError.
    """
    with registry_lock(settings, name), connected(settings) as client:
        candidate = _existing(client, name, version, settings.pipeline or name)
        champion = version_by_alias(client, name, alias)
        if champion is not None and champion.version == candidate.version:
            return Promotion(alias, version, None, True, f"version {version} is the {alias} already")
        _move(client, name, alias, champion, candidate, datetime.now(UTC))
        if champion is not None:
            client.set_model_version_tag(name, champion.version, WITHDRAWN_AT, _now())
        remember_champions(client, settings)
    previous = str(champion.version) if champion else None
    return Promotion(alias, version, previous, True, "promoted by hand")


def rollback(settings: Settings, name: str, alias: str) -> Promotion:
    """Give the alias back to the version that had it before.

    Raises UsageError where there is no champion, or none before it, and ServiceError.
    """
    with registry_lock(settings, name), connected(settings) as client:
        champion = version_by_alias(client, name, alias)
        if champion is None:
            raise UsageError(f"{name} has no {alias}: there is nothing to roll back")
        previous = champion.tags.get(PREVIOUS)
        if not previous:
            raise UsageError(
                f"version {champion.version} of {name} is the first {alias}: there is none to go back to",
                remedy=f"name the version you want: `headrace promote {settings.pipeline or name} VERSION`",
            )
        _existing(client, name, previous, settings.pipeline or name)
        # The version that comes back keeps the date of its own promotion, and what came before it.
        client.set_model_version_tag(name, previous, CLOCK, _now())  # runs that look from before leave it its place
        client.set_registered_model_alias(name, alias, previous)
        client.set_model_version_tag(name, champion.version, WITHDRAWN_AT, _now())
        remember_champions(client, settings)
    current = str(champion.version)
    return Promotion(alias, previous, current, True, f"rolled back from version {current}")


def history(settings: Settings, name: str, alias: str) -> tuple[HistoryEntry, ...]:
    """All versions, newest first; none for a model that is not registered. Raises ServiceError."""
    with connected(settings) as client:
        champion = version_by_alias(client, name, alias)
        versions = client.search_model_versions(f"name = {literal(name)}")
    newest_first = sorted(versions, key=lambda version: int(version.version), reverse=True)
    return tuple(_entry(version, champion) for version in newest_first)


def _decide(
    alias: str,
    champion: ModelVersion | None,
    candidate: ModelVersion,
    seen: str | None,
    clock: datetime,
    pipeline: str,
) -> Promotion:
    version, current = str(candidate.version), str(champion.version) if champion else None
    if current == version:  # or an earlier try moved the alias, and its reply was lost
        previous = candidate.tags.get(PREVIOUS) or None
        return Promotion(alias, version, previous, True, f"version {version} is the {alias}")
    if _was_withdrawn(candidate.tags, champion.tags if champion else {}):
        how = f"replaced by version {current}" if current else "taken away"
        reason = f"version {version} was the {alias} before and was {how} by hand"
        remedy = f"`headrace promote {pipeline} {version}` promotes it anyway"
        return Promotion(alias, version, current, False, f"{reason}: {remedy}")
    known = champion_of(champion) if champion else None
    if known and known.knows_more(clock):
        reason = f"the {alias} (version {current}) looks from {known.clock}, this run from {clock.isoformat()}"
        return Promotion(alias, version, current, False, f"{reason}: a model of the past does not take its place")
    if current != seen:
        raise ChampionMovedError(
            f"the {alias} of {candidate.name} was {_named(seen)} when the gates decided, and is {_named(current)} now",
            remedy="run the pipeline again: the gates then compare with the present one",
        )
    return Promotion(
        alias, version, current, True, f"took over from {_named(current)}" if current else f"first {alias}"
    )


def _was_withdrawn(candidate: Mapping[str, str], champion: Mapping[str, str]) -> bool:
    """Promoted once, and yet an older champion, or none, has the alias: only a person does that."""
    promoted_at = candidate.get(PROMOTED_AT)
    if promoted_at is None:
        return False
    return candidate.get(WITHDRAWN_AT, "") > promoted_at or champion.get(PROMOTED_AT, "") < promoted_at


def _move(
    client: MlflowClient,
    name: str,
    alias: str,
    champion: ModelVersion | None,
    candidate: ModelVersion,
    clock: datetime,
) -> None:
    """The clock first, then the alias, its date last: a try that is cut off in between is completed by the next."""
    if (candidate.tags.get(CLOCK) or "") < clock.isoformat():
        client.set_model_version_tag(name, candidate.version, CLOCK, clock.isoformat())
    if champion is not None and champion.version == candidate.version:
        if PROMOTED_AT not in candidate.tags:
            client.set_model_version_tag(name, candidate.version, PROMOTED_AT, _now())
        return
    client.set_model_version_tag(name, candidate.version, PREVIOUS, str(champion.version) if champion else "")
    client.set_registered_model_alias(name, alias, candidate.version)
    client.set_model_version_tag(name, candidate.version, PROMOTED_AT, _now())


def _existing(client: MlflowClient, name: str, version: str, pipeline: str) -> ModelVersion:
    from mlflow.exceptions import MlflowException

    try:
        return client.get_model_version(name, version)
    except MlflowException as error:
        if is_absent(error) or error.error_code == "INVALID_PARAMETER_VALUE":
            remedy = _versions_there(client, name, pipeline)
            raise UsageError(f"{name} has no version {version}", remedy=remedy) from error
        raise


def _versions_there(client: MlflowClient, name: str, pipeline: str) -> str:
    numbers = sorted(
        (int(version.version) for version in client.search_model_versions(f"name = {literal(name)}")), reverse=True
    )
    if not numbers:
        return f"`headrace run {pipeline}` makes one"
    return "it has " + ", ".join(str(number) for number in numbers[:10]) + (", …" if len(numbers) > 10 else "")


def _entry(version: ModelVersion, champion: ModelVersion | None) -> HistoryEntry:
    tags = version.tags
    return HistoryEntry(
        version=str(version.version),
        is_champion=champion is not None and champion.version == version.version,
        created=datetime.fromtimestamp((version.creation_timestamp or 0) / 1000, UTC).isoformat(),
        promoted_at=tags.get(PROMOTED_AT),
        withdrawn_at=tags.get(WITHDRAWN_AT),
        previous=tags.get(PREVIOUS) or None,
        mlflow_run_id=version.run_id or None,
        model_digest=tags.get(DIGEST),
    )


def _named(version: str | None) -> str:
    return f"version {version}" if version else "none"


def _now() -> str:
    """UTC to the microsecond: dates of the same form compare as texts."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
