"""Which MLflow runs and models are in, as far as it enters keys: another one has nothing of what was made.

Imports nothing of MLflow and asks it nothing: a run in which nothing changed does this for four stages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from headrace.tracking.settings import Settings, database_file, tracking_settings, without_credentials
from headrace.whole_files import write_whole

_MEMORY = "databases.json"


class Surroundings(Protocol):
    """What is looked at; the `World` that observers are given is one."""

    @property
    def root(self) -> Path:
        """The project folder."""

    @property
    def home(self) -> Path:
        """Where state lives."""


def observe_place(config: Mapping[str, Any], world: Surroundings) -> dict[str, Any]:
    """What enters a key about where a stage writes to; `config` is its slice."""
    return {"mlflow": place_of(tracking_settings(config, world.home, root=world.root))}


def place_of(settings: Settings) -> list[str]:
    """The tracking store, and the registry where that is another.

    A server goes by the digest of its address, without credentials: keys are kept, and an address may be a secret.
    A local database is named from the state's folder, so that a project may move, and by how often it was made: one
    that was deleted is another when it is made again.
    """
    uris = dict.fromkeys([settings.tracking_uri, settings.registry_uri])
    return [_named(uri, settings.home) for uri in uris]


def _named(uri: str, home: Path) -> str:
    file = database_file(uri)
    if file is None:
        address = without_credentials(uri).rstrip("/")
        return f"{address.partition(':')[0]} {sha256(address.encode()).hexdigest()[:12]}"
    name = file.relative_to(home).as_posix() if file.is_relative_to(home) else str(file)
    times = _times_made(name, home / _MEMORY, exists=file.exists())
    return name if times == 1 else f"{name} #{times}"


def _times_made(name: str, memory: Path, *, exists: bool) -> int:
    """How often the database was made, this time included; it need not be there yet."""
    known = _read(memory)
    before = known.get(name)
    times, existed = before or (1, exists)
    now = (times, True) if exists else (times + existed, False)
    if now != before:
        with suppress(OSError):  # where nothing can be written, nothing is made either
            write_whole(memory, json.dumps({**known, name: now}).encode())
    return now[0]


def _read(memory: Path) -> dict[str, tuple[int, bool]]:
    try:
        document = json.loads(memory.read_bytes())
        return {str(name): (int(times), bool(existed)) for name, (times, existed) in document.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
