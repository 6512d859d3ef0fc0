"""The plan: one immutable document per pipeline that everything else reads.

Standard library only: whoever reads a compiled plan pays for nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

from headrace.errors import Place

#: Raised when the form of the document changes, so that an old one is compiled again.
FORMAT = 1


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces: equal values have equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest_of(value: Any) -> str:
    """sha256 of a JSON value, as 64 hexadecimal digits."""
    return sha256(canonical(value)).hexdigest()


#: `written`: the text behind a resolved value. `replaced`: by a later file or override. `swapped`: its option file gave
#: way to another. `dropped`: meant for an option that gave way. `removed`: by an override.
How = Literal["written", "replaced", "swapped", "dropped", "removed"]


@dataclass(frozen=True, slots=True)
class Writing:
    """Something that was written at a value's path, and what became of it."""

    place: Place
    text: str
    how: How = "replaced"


@dataclass(frozen=True, slots=True)
class Ref:
    """An output of another stage; the output `*` means all of them."""

    stage: str
    output: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: what it is, its slice of the configuration, and where its inputs come from."""

    name: str
    type: str
    config: Mapping[str, Any]
    inputs: Mapping[str, Ref]
    recipe: str
    """sha256 of everything that decides the result besides the inputs' content and the clock."""
    after: tuple[str, ...] = ()
    """Stages that must have ended well, besides those whose outputs are read."""
    distributions: tuple[str, ...] = ()
    """Packages whose versions are part of the recipe."""

    @property
    def upstream(self) -> tuple[str, ...]:
        """Names of the stages that must have ended before this one, without repeats."""
        return tuple(dict.fromkeys([*(ref.stage for ref in self.inputs.values()), *self.after]))


class _Places(Mapping[str, Place]):
    """Places as the document has them, each made when it is asked for: whoever reads a thousand plans asks for few."""

    def __init__(self, written: Mapping[str, Sequence[Any]]) -> None:
        self._written = written

    def __getitem__(self, key: str) -> Place:
        return Place(*self._written[key])

    def __contains__(self, key: object) -> bool:
        return key in self._written

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a pipeline will do, and where each value of its configuration was written."""

    pipeline: str
    spec: Mapping[str, Any]
    """The validated configuration, as JSON. Secrets are still `${secret:NAME}`."""
    stages: tuple[Stage, ...]
    """In an order in which they can run."""
    places: Mapping[str, Place] = field(default_factory=dict)
    """Dotted configuration path -> where the value was written."""
    notes: tuple[str, ...] = ()
    """What a reader should know about how the configuration was composed."""
    overrides: tuple[str, ...] = ()
    history: Mapping[str, tuple[Writing, ...]] = field(default_factory=dict)
    """Dotted path -> what else was written there, the latest first; only paths that were written more than once."""
    environment: str | None = None
    """The option of the group `env`; none in a project that has no environments."""
    forms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Parameter that a run may be started with -> JSON Schema of the values that it takes."""

    @property
    def scope(self) -> str:
        """Whose runs these are: the pipeline's, or one member's. No pipeline's name has a `+`."""
        member = self.spec.get("member")
        return f"{self.pipeline}+{member}" if member and "${" not in member else self.pipeline

    @property
    def digest(self) -> str:
        """Identity of the plan. Places, history, notes and comments do not count: only what it does."""
        return digest_of([FORMAT, self.pipeline, self.spec, [_stage_json(stage) for stage in self.stages]])

    def stage(self, name: str) -> Stage:
        """The stage of that name; KeyError if the plan has none."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise KeyError(name)

    def place_of(self, key: str) -> Place | None:
        """Where a value was written; a missing one points at the nearest parent that was."""
        while key:
            if key in self.places:
                return self.places[key]
            key = key.rpartition(".")[0]
        return None

    def to_json(self) -> dict[str, Any]:
        """The document that `from_json` reads."""
        return {
            "format": FORMAT,
            "pipeline": self.pipeline,
            "digest": self.digest,
            "spec": self.spec,
            "stages": [_stage_json(stage) for stage in self.stages],
            "places": {key: [place.file, place.line, place.column] for key, place in self.places.items()},
            "notes": list(self.notes),
            "overrides": list(self.overrides),
            "history": {key: [_writing_json(item) for item in items] for key, items in self.history.items()},
            "environment": self.environment,
            **({"forms": dict(self.forms)} if self.forms else {}),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Plan:
        """Read a document of this format; ValueError for another."""
        if document.get("format") != FORMAT:
            raise ValueError(f"plan format {document.get('format')!r} is not {FORMAT}")
        history: Mapping[str, Any] = document.get("history", {})  # documents of before have none
        return cls(
            pipeline=document["pipeline"],
            spec=document["spec"],
            stages=tuple(_stage_from_json(stage) for stage in document["stages"]),
            places=_Places(document["places"]),
            notes=tuple(document["notes"]),
            overrides=tuple(document["overrides"]),
            history={key: tuple(_writing(*item) for item in items) for key, items in history.items()},
            environment=document.get("environment"),
            forms=document.get("forms", {}),
        )


def _writing_json(writing: Writing) -> list[Any]:
    place = writing.place
    return [writing.how, writing.text, place.file, place.line, place.column]


def _writing(how: How, text: str, file: str, line: int | None, column: int | None) -> Writing:
    return Writing(Place(file, line, column), text, how)


def _stage_json(stage: Stage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "type": stage.type,
        "config": stage.config,
        "inputs": {name: [ref.stage, ref.output] for name, ref in stage.inputs.items()},
        "recipe": stage.recipe,
        "after": list(stage.after),
        "distributions": list(stage.distributions),
    }


def _stage_from_json(document: Mapping[str, Any]) -> Stage:
    return Stage(
        name=document["name"],
        type=document["type"],
        config=document["config"],
        inputs={name: Ref(*ref) for name, ref in document["inputs"].items()},
        recipe=document["recipe"],
        after=tuple(document["after"]),
        distributions=tuple(document["distributions"]),
    )
