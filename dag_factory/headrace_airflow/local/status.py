"""`headrace up --status`: what runs, and how it is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from headrace.errors import EXIT_FAILED, EXIT_OK
from headrace_airflow.local import state
from headrace_airflow.local.parts import HOST, AirflowPorts, airflow_health, mlflow_answers
from headrace_airflow.local.state import Known, Running
from headrace_airflow.local.up import leftovers, near, password_file
from headrace_airflow.table import aligned


@dataclass(frozen=True, slots=True)
class PartStatus:
    """How one part is."""

    name: str
    state: str
    """`well`, `starting`, `ended`, `left running` (its supervisor is gone), or what Airflow says of it."""
    pid: int
    seconds: float
    """How long it has run."""
    starts: int
    log: str


def status(home: Path, *, as_json: bool) -> int:
    """Print what runs; 0 if all of it is well, else 1."""
    with state.held(home) as gone:
        supervised = not gone
    running = state.read(home)
    parts = _parts(running, supervised=supervised) if running else ()
    well = supervised and bool(parts) and all(part.state == "well" for part in parts)
    if as_json:
        print(json.dumps(_document(home, running, parts, supervised=supervised)))
    else:
        print(_text(home, running, parts, supervised=supervised))
    return EXIT_OK if well else EXIT_FAILED


def _parts(running: Running, *, supervised: bool) -> tuple[PartStatus, ...]:
    if not supervised:
        return tuple(_seen(part, "left running") for part in leftovers(running))
    health = airflow_health(AirflowPorts(running.port, running.tasks_port))
    answers = running.mlflow_port is not None and mlflow_answers(running.mlflow_port)
    if answers:
        health["mlflow"] = "healthy"
    return tuple(_seen(part, _state(part, health)) for part in running.parts)


def _state(part: Known, health: dict[str, str]) -> str:
    if not part.is_alive():
        return "ended"
    said = health.get(part.name, "starting")
    return "well" if said == "healthy" else said


def _seen(part: Known, how: str) -> PartStatus:
    return PartStatus(part.name, how, part.pid, round(part.seconds, 1), part.starts, part.log)


def _text(home: Path, running: Running | None, parts: tuple[PartStatus, ...], *, supervised: bool) -> str:
    if running is None:
        return "headrace up is starting" if supervised else "headrace up is not running"
    rows = [("part", "state", "process", "runs for", "starts", "log"), *(_row(part) for part in parts)]
    if supervised:
        where = [
            f"Airflow http://{HOST}:{running.port} (user admin; the password is in {near(password_file(home))})",
            f"MLflow  {running.mlflow}",
        ]
        return "\n".join([*where, aligned(rows)])
    if not parts:
        return "headrace up was killed; nothing of it runs any more"
    remedy = "`headrace up` ends them and starts anew; `headrace up --stop` only ends them"
    return "\n".join(["headrace up was killed, and left these running:", aligned(rows), remedy])


def _row(part: PartStatus) -> tuple[str, ...]:
    return (part.name, part.state, str(part.pid), f"{part.seconds:.0f} s", str(part.starts), near(Path(part.log)))


def _document(
    home: Path, running: Running | None, parts: tuple[PartStatus, ...], *, supervised: bool
) -> dict[str, object]:
    return {
        "running": supervised,
        "airflow": f"http://{HOST}:{running.port}" if running else None,
        "mlflow": running.mlflow if running else None,
        "password_file": str(password_file(home)),
        "parts": [asdict(part) for part in parts],
    }
