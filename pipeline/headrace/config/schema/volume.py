"""What a container is given besides its image: storage, and secrets that the cluster keeps."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from headrace.config.schema.strict import Part

#: A name as Kubernetes takes it.
_NAME = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"
ResourceName = Annotated[str, Field(pattern=_NAME, max_length=253)]
#: An absolute path within a container.
ContainerPath = Annotated[str, Field(pattern=r"^/[^:\x00]*$", max_length=4096)]
_BYTES = r"^[1-9][0-9]{0,11}(Ki|Mi|Gi|Ti|k|M|G|T)$"
_UNITS = "a whole number with a unit: Ki, Mi, Gi, Ti (powers of 1024) or k, M, G, T (powers of 1000)"
_THOUSANDTHS = r"^[1-9][0-9]{0,5}m$"


def _as_bytes(value: Any) -> Any:
    """Says what amounts of memory are where a value is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or re.fullmatch(_BYTES, str(value)):
        return value
    text = str(value)
    raise ValueError(f"{text!r} is no amount of memory: {_UNITS}, as in {_meant(text)}")


def _meant(text: str) -> str:
    """The amount as it should have been written, as far as it can be guessed."""
    found = re.fullmatch(r"\s*([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*(?:([kKmMgGtT])(i)?[bB]?)?\s*", text)
    if found is None or not float(found[1]):
        return "4Gi"
    number, letter, binary = found[1], (found[2] or "G").upper(), found[3] or ("" if found[2] else "i")
    letters = "KMGT"
    if "." in number:
        if letter == "K":
            return "4Gi"
        number = str(round(float(number) * (1024 if binary else 1000)))
        letter = letters[letters.index(letter) - 1]
    return f"{number}{'k' if letter == 'K' and not binary else letter}{binary}"


def _as_processors(value: Any) -> Any:
    """`500m` is half a processor, as Kubernetes writes it."""
    if not isinstance(value, str):
        return value
    if re.fullmatch(_THOUSANDTHS, value):
        return int(value[:-1]) / 1000
    raise ValueError(f"{value!r} is no number of processors: write 2, 0.5, or 500m for thousandths, without quotes")


#: Bytes, with a unit: `512Mi`, `4Gi` (powers of 1024), `500M`, `2G` (powers of 1000).
Bytes = Annotated[str, BeforeValidator(_as_bytes), Field(pattern=_BYTES)]
#: Processors, also in thousandths: `2`, `0.5`, `500m`.
Processors = Annotated[
    float,
    BeforeValidator(_as_processors),
    Field(gt=0, le=1000),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": 1000},
                {"type": "string", "pattern": _THOUSANDTHS},
            ]
        }
    ),
]
#: What can be mounted; each volume names one of them.
SOURCES = ("claim", "host", "name", "secret", "config_map", "memory")


class Volume(Part):
    """Storage, and where the stage sees it."""

    path: ContainerPath
    """Where it is mounted, in the container.

    Example: `/state`
    """
    claim: ResourceName | None = None
    """A persistent volume claim of the namespace (kubernetes).

    Example: `headrace-state`
    """
    host: ContainerPath | None = None
    """A folder of the machine that the container runs on.

    Example: `/srv/headrace`
    """
    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$", max_length=255)] | None = None
    """A volume that Docker keeps (docker).

    Example: `headrace-state`
    """
    secret: ResourceName | None = None
    """A secret of the namespace, as files (kubernetes).

    Example: `lake-keys`
    """
    config_map: ResourceName | None = None
    """A config map of the namespace, as files (kubernetes).

    Example: `settings`
    """
    memory: Bytes | None = None
    """A new, empty folder in memory, of at most this size, such as `/dev/shm`.

    Unit: bytes
    Example: `1Gi`
    """
    folder: Annotated[str, Field(pattern=r"^[^/:\x00][^:\x00]*$")] | None = None
    """A folder within the claim, secret or config map, instead of all of it (kubernetes).

    Example: `flights`
    """
    read_only: bool = False
    """The stage may only read it."""

    @model_validator(mode="after")
    def _of_one_thing(self) -> Volume:
        given = [name for name in SOURCES if getattr(self, name) is not None]
        if len(given) != 1:
            said = f"not {' and '.join(given)}" if given else "none is given"
            raise ValueError(f"a volume is one of {', '.join(SOURCES)}: {said}")
        if self.folder and ".." in self.folder.split("/"):
            raise ValueError("`folder` climbs out of its volume")
        if self.memory is not None and self.read_only:
            raise ValueError("a folder in memory is new and empty: with `read_only` nothing would ever be in it")
        return self


class SecretKey(Part):
    """One entry of a secret that the cluster keeps."""

    name: ResourceName
    """The secret's name.

    Example: `warehouse`
    """
    key: Annotated[str, Field(pattern=r"^[-._a-zA-Z0-9]+$", max_length=253)]
    """The entry's key.

    Example: `password`
    """


class Toleration(Part):
    """A taint of nodes that the pod may run on all the same."""

    key: str | None = None
    """The taint's key; any if not given.

    Example: `nvidia.com/gpu`
    """
    operator: Literal["Equal", "Exists"] = "Equal"
    """`Equal`: the taint has this value. `Exists`: whatever its value."""
    value: str | None = None
    """The taint's value.

    Example: `present`
    """
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """What the taint does to others; any effect if not given."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Toleration:
        if self.operator == "Exists" and self.value is not None:
            raise ValueError("`operator: Exists` takes no value")
        if self.operator == "Equal" and self.key is None:
            raise ValueError("a toleration without a key tolerates everything: write `operator: Exists`")
        return self


class Resources(Part):
    """What a stage may use. It is promised as much, and gets no more."""

    cpu: Processors | None = None
    """Processors, also in thousandths (`500m`); numerical libraries start as many threads.

    Unit: processors
    Example: `2`
    """
    memory: Bytes | None = None
    """Memory. A stage that wants more is ended, and tried again.

    Unit: bytes
    Example: `4Gi`
    """
    gpu: Annotated[int, Field(ge=1, le=64)] | None = None
    """NVIDIA graphics processors.

    Unit: devices
    Example: `1`
    """


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Volumes = Annotated[tuple[Volume, ...], BeforeValidator(_as_tuple)]
Tolerations = Annotated[tuple[Toleration, ...], BeforeValidator(_as_tuple)]
