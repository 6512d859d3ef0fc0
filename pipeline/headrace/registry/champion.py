"""Which version carries the alias, asked as seldom as can be: what was seen holds while the database is unchanged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from headrace.tracking import place
from headrace.tracking.database import fingerprint
from headrace.tracking.settings import Settings, database_file, tracking_settings
from headrace.whole_files import write_whole

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

#: Tags of a version that say what it is.
DIGEST = "headrace.model_digest"
#: The moment that a champion was made from.
CLOCK = "headrace.champion_as_of"


class Surroundings(place.Surroundings, Protocol):
    """What is looked at; the `World` that observers are given is one."""

    @property
    def candidate(self) -> str | None:
        """sha256 of the model that is to be decided on."""

    @property
    def clock(self) -> datetime | None:
        """The moment that the run looks from; None: from now."""


@dataclass(frozen=True, slots=True)
class Champion:
    """The version that an alias points at."""

    version: str
    model_digest: str | None
    """sha256 of its `model.skops`; None for a version that headrace did not make."""
    clock: str | None = field(default=None, compare=False)
    """The moment (ISO 8601, UTC) from which the run that made it champion looked, or a person decided; if known."""

    def knows_more(self, clock: datetime | None) -> bool:
        """Whether it was made champion from a later moment than a run's; a run without a clock looks from now."""
        return self.clock is not None and clock is not None and datetime.fromisoformat(self.clock) > clock


def observe_champion(config: Mapping[str, Any], world: Surroundings) -> dict[str, Any]:
    """What enters a key about the champion: where it is looked for, and whether there is none, it is the candidate
    (`self`), or it is another, with its version and digest.

    `later` says that the champion looks from a later moment than this run, which then leaves it in its place.
    Takes about a millisecond and imports nothing of MLflow while a local database has not changed. Raises
    ServiceError.
    """
    registry = config["registry"]
    settings = tracking_settings(config, world.home, root=world.root)
    champion = find_champion(settings, registry["name"], registry["alias"])
    return {"mlflow": place.place_of(settings), **_seen(champion, world)}


def _seen(champion: Champion | None, world: Surroundings) -> dict[str, Any]:
    if champion is None:
        return {"champion": None}
    if champion.model_digest is not None and champion.model_digest == world.candidate:
        return {"champion": "self"}
    seen = {"version": champion.version, "model_digest": champion.model_digest}
    return {"champion": seen, "later": True} if champion.knows_more(world.clock) else {"champion": seen}


def find_champion(settings: Settings, name: str, alias: str) -> Champion | None:
    """The version that carries the alias. Raises ServiceError."""
    file = database_file(settings.registry_uri)
    if file is None:
        return _ask(settings, name, alias)
    before = fingerprint(file)  # taken before asking: what changes in between shows next time
    seen = _read_seen(_memory(settings, name))
    if (
        seen is not None
        and seen["database"] == before
        and (seen["uri"], seen["alias"]) == (settings.registry_uri, alias)
    ):
        return Champion(**seen["champion"]) if seen["champion"] else None
    champion = _ask(settings, name, alias) if before is not None else None
    _write_seen(settings, name, alias, champion, before)
    return champion


def refresh_champions(settings: Settings) -> None:
    """Bring what was seen of local champions up to date after writes of our own. Raises ServiceError."""
    from headrace.tracking.connection import connected

    if database_file(settings.registry_uri) is not None:
        with connected(settings) as client:
            remember_champions(client, settings)


def remember_champions(client: MlflowClient, settings: Settings) -> None:
    """As `refresh_champions`, over a connection that is open: one question for all that were ever looked at."""
    file = database_file(settings.registry_uri)
    folder = settings.home / "champions"
    before = fingerprint(file) if file else None
    if before is None or not folder.is_dir():
        return
    aliases = _aliases(client)
    for memory in folder.glob("*.json"):
        seen = _read_seen(memory)
        if seen is None or seen["uri"] != settings.registry_uri:
            continue
        version = aliases.get(seen["name"], {}).get(seen["alias"])
        champion = Champion(**seen["champion"]) if seen["champion"] else None
        if version is None:
            champion = None
        elif champion is None or champion.version != str(version):
            champion = champion_of(client.get_model_version(seen["name"], str(version)))
        _write_seen(settings, seen["name"], seen["alias"], champion, before)


def _aliases(client: MlflowClient) -> dict[str, Mapping[str, str]]:
    """Registered model -> alias -> version, of all models."""
    found: dict[str, Mapping[str, str]] = {}
    token: str | None = None
    while True:
        page = client.search_registered_models(max_results=500, page_token=token)
        found.update({model.name: model.aliases for model in page})
        token = page.token
        if not token:
            return found


def version_by_alias(client: MlflowClient, name: str, alias: str) -> ModelVersion | None:
    """The version that carries the alias, or None if there is no such model or alias."""
    from mlflow.exceptions import MlflowException

    from headrace.tracking.connection import is_absent

    try:
        return client.get_model_version_by_alias(name, alias)
    except MlflowException as error:
        if is_absent(error):
            return None
        raise


def champion_of(version: ModelVersion) -> Champion:
    """What there is to remember of a version."""
    return Champion(str(version.version), version.tags.get(DIGEST), version.tags.get(CLOCK))


def _ask(settings: Settings, name: str, alias: str) -> Champion | None:
    from headrace.tracking.connection import connected

    with connected(settings) as client:
        version = version_by_alias(client, name, alias)
    return champion_of(version) if version else None


def _memory(settings: Settings, name: str) -> Path:
    return settings.home / "champions" / f"{quote(name, safe='')}.json"


def _read_seen(path: Path) -> dict[str, Any] | None:
    try:
        document = json.loads(path.read_bytes())
        _ = document["name"], document["alias"], document["uri"], document["database"], document["champion"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return dict(document)


def _write_seen(
    settings: Settings, name: str, alias: str, champion: Champion | None, database: list[Any] | None
) -> None:
    path = _memory(settings, name)
    document = {
        "name": name,
        "alias": alias,
        "uri": settings.registry_uri,
        "database": database,
        "champion": asdict(champion) if champion else None,
    }
    with suppress(OSError):  # where nothing can be written, it is asked each time
        write_whole(path, json.dumps(document).encode())
