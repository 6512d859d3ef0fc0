"""Where stages run: that each key means something there, and that a stage finds its project, state and secrets."""

from __future__ import annotations

from collections.abc import Iterator

from headrace import secrets
from headrace.config.composed import Composed
from headrace.config.nearest import suggestion
from headrace.config.quantity import in_bytes
from headrace.config.rules.places import placements, written
from headrace.config.rules.rule import Rule
from headrace.config.schema import Spec
from headrace.config.schema.placement import KEYS, Placement
from headrace.config.schema.volume import SOURCES, Volume
from headrace.config.stage_names import STAGE_NAMES
from headrace.errors import Diagnostic, Place

_NOT_PLACING = frozenset({"type", "env"})
#: What a container can mount, by type.
_OF_TYPE = {"docker": ("host", "memory", "name"), "kubernetes": ("claim", "config_map", "host", "memory", "secret")}
#: Python with pandas takes 100 MB before it has read a row.
_LEAST_MEMORY = 128 * 2**20


def _every_key_has_an_effect(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """A limit that nothing enforces, or an image that nothing starts, would be believed."""
    used = frozenset().union(*(KEYS[placement.type] for placement in placements(spec).values()))
    for name in sorted(set(Placement.model_fields) - used - _NOT_PLACING):
        usual = Placement.model_fields[name].get_default(call_default_factory=True)
        if getattr(spec.runtime, name) != usual:
            yield from _without_effect(composed, f"runtime.{name}", name, spec.runtime.type)
    for stage, exception in spec.runtime.stages.items():
        kind = placements(spec)[stage].type
        for name in sorted(exception.model_fields_set & set(Placement.model_fields) - KEYS[kind] - _NOT_PLACING):
            yield from _without_effect(composed, f"runtime.stages.{stage}.{name}", name, kind)


def _without_effect(composed: Composed, path: str, name: str, kind: str) -> Iterator[Diagnostic]:
    types = [other for other, keys in KEYS.items() if name in keys]
    remedy = f"delete it, or run the stages as type: {' or '.join(types)}"
    if name == "resources" and kind in {"process", "in_process"}:
        remedy += "; what limits a process is the worker that it runs on: choose one by `queue` or `pool`"
    yield composed.diagnostic("HR390", f"`{name}` means nothing for `type: {kind}`", composed.key_of(path), remedy)


def _containers_have_what_they_need(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for stage, placement in placements(spec).items():
        if placement.type not in {"docker", "kubernetes"}:
            continue
        for name, remedy in _missing(placement):
            path = f"runtime.stages.{stage}" if stage else "runtime"
            message = f"`type: {placement.type}` needs `{name}`"
            yield composed.diagnostic("HR391", message, composed.place_of(f"{path}.type"), remedy)


def _missing(placement: Placement) -> Iterator[tuple[str, str]]:
    if placement.image is None:
        yield "image", "write `image`: one in which headrace and the libraries of the stages are installed"
    if placement.type == "kubernetes" and placement.project is None:
        yield "project", "write `project`: the folder of the image that has conf/ in it, as in /app"
    if placement.type == "kubernetes" and placement.home is None:
        yield "home", "write `home`: where a volume that all stages share is mounted, as in /state"


def _state_outlives_the_container(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for stage, placement in placements(spec).items():
        if placement.type not in {"docker", "kubernetes"} or placement.home is None:
            continue
        home = placement.home
        kept = [
            (index, volume)
            for index, volume in enumerate(placement.volumes)
            if (volume.claim or volume.host or volume.name) and _is_within(home, volume.path)
        ]
        if any(not volume.read_only for _, volume in kept):
            continue
        if kept:
            path = f"{written(spec, stage, 'volumes')}.{kept[0][0]}.read_only"
            message = f"`home` ({home}) is on a volume that may only be read: stages write there"
            yield composed.diagnostic("HR392", message, composed.place_of(path), "delete `read_only` of that volume")
        else:
            message = f"`home` ({home}) is on no volume: what a stage makes would go with its container"
            remedy = "mount a volume there that every stage sees, and Airflow itself"
            yield composed.diagnostic("HR392", message, composed.place_of(written(spec, stage, "home")), remedy)


def _volumes_fit(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for stage, placement in placements(spec).items():
        if placement.type not in _OF_TYPE:
            continue
        base = written(spec, stage, "volumes")
        inherits = bool(stage) and base == "runtime.volumes"
        seen: set[str] = set()
        for index, volume in enumerate(placement.volumes):
            for key, message, remedy in _wrong(volume, placement.type, stage if inherits else ""):
                yield composed.diagnostic("HR393", message, composed.place_of(f"{base}.{index}.{key}"), remedy)
            if volume.path.rstrip("/") in seen:
                message = f"two volumes are mounted at {volume.path}"
                place = composed.place_of(f"{base}.{index}.path")
                yield composed.diagnostic("HR393", message, place, "mount one of them elsewhere")
            seen.add(volume.path.rstrip("/"))


def _wrong(volume: Volume, kind: str, heir: str) -> Iterator[tuple[str, str, str]]:
    """Key, message and remedy; `heir` is a stage that has the pipeline's volumes."""
    source = next(name for name in SOURCES if getattr(volume, name) is not None)
    if source not in _OF_TYPE[kind]:
        kinds = ", ".join(_OF_TYPE[kind])
        whose = f", and stage `{heir}` would have this one" if heir else ""
        remedy = f"give the stage `volumes` of its own, of {kinds}" if heir else f"write one of {kinds}"
        yield source, f"`type: {kind}` has no volumes of `{source}`{whose}", remedy
    elif volume.folder is not None and kind == "docker":
        remedy = f"write the folder into `host`: {volume.host}/{volume.folder}" if volume.host else "delete it"
        yield "folder", "`folder` means nothing for `type: docker`, which mounts a volume whole", remedy


def _memory_suffices(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for stage, placement in placements(spec).items():
        memory = placement.resources.memory
        if placement.type in _OF_TYPE and memory is not None and in_bytes(memory) < _LEAST_MEMORY:
            place = composed.place_of(f"{written(spec, stage, 'resources')}.memory")
            message = f"{memory} is less memory than a stage needs to start"
            yield composed.diagnostic("HR398", message, place, "write at least 256Mi", "warning")


def _pods_find_their_secrets(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """A pod looks nothing up in Airflow: its secrets are the cluster's, or else they would stand in its manifest."""
    for stage, placement in placements(spec).items():
        if placement.type != "kubernetes":
            continue
        for name, value in placement.env.items():
            missing = [secret for secret in secrets.names(value) if secret not in placement.secrets]
            if missing:
                place = composed.place_of(f"{written(spec, stage, 'env')}.{name}")
                message = f"a pod cannot look up the secret {missing[0]}"
                remedy = f"say where the cluster keeps it: secrets: {{{missing[0]}: {{name: …, key: …}}}}"
                yield composed.diagnostic("HR394", message, place, remedy)


def _groups_name_each_stage_once(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if not isinstance(spec.runtime.fuse, tuple):
        return
    seen: set[str] = set()
    for row, group in enumerate(spec.runtime.fuse):
        for column, name in enumerate(group):
            if name in seen:
                place = composed.place_of(f"runtime.fuse.{row}.{column}")
                yield composed.diagnostic("HR395", f"`{name}` is in two places of `fuse`", place, "name it once")
            if name not in STAGE_NAMES:
                place = composed.place_of(f"runtime.fuse.{row}.{column}")
                yield composed.diagnostic("HR320", f"there is no stage `{name}`", place, suggestion(name, STAGE_NAMES))
            seen.add(name)


def _is_within(path: str, folder: str) -> bool:
    return f"{path.rstrip('/')}/".startswith(f"{folder.rstrip('/')}/")


def _once(rule: Rule) -> Rule:
    """The rule, which tells of a key that several stages inherit once."""

    def told(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
        seen: set[tuple[str, Place | None]] = set()
        for problem in rule(spec, composed):
            if (problem.message, problem.place) not in seen:
                seen.add((problem.message, problem.place))
                yield problem

    return told


RULES: tuple[Rule, ...] = (
    _every_key_has_an_effect,
    _containers_have_what_they_need,
    _once(_state_outlives_the_container),
    _once(_volumes_fit),
    _once(_memory_suffices),
    _once(_pods_find_their_secrets),
    _groups_name_each_stage_once,
)
