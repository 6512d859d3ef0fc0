"""What decided the result, and what to type next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from headrace.report import wording
from headrace.report.facts import PageFacts


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact; `whole` is its full text where a short one is shown."""

    name: str
    text: str
    whole: str = ""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """What it does, and what to type."""

    purpose: str
    command: str


def origin(facts: PageFacts) -> tuple[Entry, ...]:
    """Identities of everything that the result depends on."""
    return tuple(_entries(facts))


def _entries(facts: PageFacts) -> Iterator[Entry]:
    if facts.git.commit:
        state = ", with changes that are not committed" if facts.git.dirty else ", clean"
        yield Entry("Git commit", f"{wording.short(facts.git.commit)}{state}", facts.git.commit)
    else:
        yield Entry("Git commit", "not in a repository")
    yield Entry("Run", facts.run_id, code=True)
    if facts.run_url:
        yield Entry("Started by", wording.without_password(facts.run_url), code=True)
    yield Entry("Started", wording.moment(facts.started))
    yield Entry("Data up to", wording.moment(facts.as_of) if facts.as_of else "everything there was")
    if facts.plan_digest:
        yield Entry("Plan", wording.short(facts.plan_digest), facts.plan_digest, code=True)
    if facts.overrides:
        yield Entry("Overrides", " ".join(facts.overrides), code=True)
    if facts.mlflow.mlflow_run_id:
        yield Entry("MLflow run", facts.mlflow.mlflow_run_id, code=True)
    if facts.parent_run:
        yield Entry("Part of MLflow run", facts.parent_run, code=True)
    if facts.mlflow.tracking_uri:
        yield Entry("Tracked in", wording.without_password(facts.mlflow.tracking_uri), code=True)
    if facts.mlflow.url:
        yield Entry("Seen at", wording.without_password(facts.mlflow.url), code=True)
    if facts.version is not None and facts.version.model_uri:
        yield Entry("Model", facts.version.model_uri, code=True)


def commands(facts: PageFacts) -> tuple[Command, ...]:
    """The next three or so things that somebody may want to do."""
    return tuple(_commands(facts, shlex.quote(facts.pipeline)))


def _commands(facts: PageFacts, name: str) -> Iterator[Command]:
    if facts.model is None:
        yield Command("Run it again; what has not changed is reused", f"headrace run {name}")
        return
    refused = facts.gates is not None and not facts.gates.passed
    has_champion = not refused or (facts.gates is not None and facts.gates.champion is not None)
    change = [
        Command("Try another model", f"headrace run {name} model=…"),
        Command("Change a parameter", f"headrace run {name} model.params.{_parameter(facts)}=…"),
    ]
    use = [
        Command(f"Score a file with the {facts.alias}", f"headrace predict {name} --data IN.csv --out OUT.csv"),
        Command("Answer over HTTP", f"headrace serve {name}"),
    ]
    if refused:
        yield from change
    if has_champion and facts.configured("registry") is not None:
        yield from use
    if not refused:
        yield change[0]


def _parameter(facts: PageFacts) -> str:
    """A parameter worth changing: the first number that the configuration sets."""
    params = facts.configured("model", "params") or {}
    numbers = [name for name, value in params.items() if wording.is_number(value)]
    return next(iter([*numbers, *params]), "…")
