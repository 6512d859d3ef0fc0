"""Where stages run: that each key means something there, and that a stage finds its project, state and secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from headrace import secrets
from headrace.config.composed import Composed
from headrace.config.nearest import suggestion
from headrace.config.rules.rule import Rule
from headrace.config.schema import Spec
from headrace.config.schema.exceptional import with_exceptions
from headrace.config.schema.placement import KEYS, Placement
from headrace.config.stage_names import STAGE_NAMES
from headrace.errors import Diagnostic

_NOT_PLACING = frozenset({"type", "env"})


def _every_key_has_an_effect(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """A limit that nothing enforces, or an image that nothing starts, would be believed."""
    used = frozenset().union(*(KEYS[placement.type] for placement in _placements(spec).values()))
    for name in sorted(set(Placement.model_fields) - used - _NOT_PLACING):
        usual = Placement.model_fields[name].get_default(call_default_factory=True)
        if getattr(spec.runtime, name) != usual:
            yield from _without_effect(composed, f"runtime.{name}", name, spec.runtime.type)
    for stage, exception in spec.runtime.stages.items():
        kind = _placements(spec)[stage].type
        for name in sorted(exception.model_fields_set & set(Placement.model_fields) - KEYS[kind] - _NOT_PLACING):
            yield from _without_effect(composed, f"runtime.stages.{stage}.{name}", name, kind)


def _without_effect(composed: Composed, path: str, name: str, kind: str) -> Iterator[Diagnostic]:
    types = [other for other, keys in KEYS.items() if name in keys]
    remedy = f"delete it, or run the stages as type: {' or '.join(types)}"
    if name == "resources" and kind in {"process", "in_process"}:
        remedy += "; what limits a process is the worker that it runs on: choose one by `queue` or `pool`"
    yield composed.diagnostic("HR390", f"`{name}` means nothing for `type: {kind}`", composed.key_of(path), remedy)


def _containers_have_what_they_need(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for stage, placement in _placements(spec).items():
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
    for stage, placement in _placements(spec).items():
        if placement.type not in {"docker", "kubernetes"} or placement.home is None:
            continue
        kept = [v for v in placement.volumes if v.claim or v.host or v.name]
        if not any(_is_within(placement.home, volume.path) and not volume.read_only for volume in kept):
            path = f"runtime.stages.{stage}.home" if stage else "runtime.home"
            message = f"`home` ({placement.home}) is on no volume: what a stage makes would go with its container"
            remedy = "mount a volume there that every stage sees, and Airflow itself"
            yield composed.diagnostic("HR392", message, composed.place_of(path), remedy)


def _volumes_fit(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    of_type = {"docker": {"host", "name", "memory"}, "kubernetes": {"claim", "host", "secret", "config_map", "memory"}}
    for stage, placement in _placements(spec).items():
        base = f"runtime.stages.{stage}.volumes" if stage else "runtime.volumes"
        seen: set[str] = set()
        for index, volume in enumerate(placement.volumes if placement.type in of_type else ()):
            source = next(name for name in (*of_type["kubernetes"], "name") if getattr(volume, name) is not None)
            if source not in of_type[placement.type]:
                message = f"`type: {placement.type}` has no volumes of `{source}`"
                remedy = f"write one of {', '.join(sorted(of_type[placement.type]))}"
                yield composed.diagnostic("HR393", message, composed.place_of(f"{base}.{index}.{source}"), remedy)
            if volume.path.rstrip("/") in seen:
                message = f"two volumes are mounted at {volume.path}"
                place = composed.place_of(f"{base}.{index}.path")
                yield composed.diagnostic("HR393", message, place, "mount one of them elsewhere")
            seen.add(volume.path.rstrip("/"))


def _pods_find_their_secrets(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """A pod looks nothing up in Airflow: its secrets are the cluster's, or else they would stand in its manifest."""
    for stage, placement in _placements(spec).items():
        if placement.type != "kubernetes":
            continue
        for name, value in placement.env.items():
            missing = [secret for secret in secrets.names(value) if secret not in placement.secrets]
            if missing:
                base = f"runtime.stages.{stage}" if stage else "runtime"
                place = composed.place_of(f"{base}.env.{name}")
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


def _placements(spec: Spec) -> Mapping[str, Placement]:
    """Where stages run, by the key that says so; the empty one is for all others."""
    runtime = spec.runtime
    exceptions = {stage: with_exceptions(runtime, [exception]) for stage, exception in runtime.stages.items()}
    return {"": runtime, **exceptions}


def _is_within(path: str, folder: str) -> bool:
    return f"{path.rstrip('/')}/".startswith(f"{folder.rstrip('/')}/")


RULES: tuple[Rule, ...] = (
    _every_key_has_an_effect,
    _containers_have_what_they_need,
    _state_outlives_the_container,
    _volumes_fit,
    _pods_find_their_secrets,
    _groups_name_each_stage_once,
)
