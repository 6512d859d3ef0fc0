"""Composes one pipeline's configuration: what Hydra yields, with the place of every value.

Nothing outside this folder imports Hydra to read configuration. Hydra's own loader does the composing; here it reads
through a repository that keeps marks, runs with its globals swapped out, and fails with diagnostics.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf, open_dict

from headrace.config import provenance
from headrace.config.compose import overrides as overriding
from headrace.config.compose.choosing import Chosen, build, choose, contributions, pipelines, require_pipeline
from headrace.config.compose.isolation import isolated
from headrace.config.compose.repository import PIPELINES, Project, texts
from headrace.config.compose.resolution import Failure, resolve
from headrace.config.compose.showing import show
from headrace.config.composed import Composed
from headrace.config.consulted import Consulted
from headrace.config.nodes import Written
from headrace.config.safety import keys
from headrace.errors import ConfigError, Diagnostic, Place
from headrace.plan.model import Writing

#: What is told of keys that Hydra or Python would obey.
_ACTING = frozenset({"HR133", "HR258"})

__all__ = ["Composed", "compose", "pipelines", "require_harmless", "show"]


def compose(
    project_conf: Path, pipeline: str, overrides: Sequence[str], root: Path, consulted: Consulted | None = None
) -> Composed:
    """Compose `conf/config.yaml` with `+pipeline=NAME` and the overrides, as Hydra does, and resolve it.

    Places name files relative to `root`. Two things differ from Hydra: values that a pipeline file wrote for an option
    which an override replaced are dropped (with a note), and `_target_`, `oc.env` and the like are refused.
    What the result depends on is noted in `consulted`, also where it fails.
    Raises ConfigError with everything that is wrong. Hydra's global state is left as it was found.
    """
    consulted = consulted or Consulted()
    with isolated(consulted.environment) as resolvers:
        project = Project(project_conf, root)
        require_pipeline(project, pipeline, consulted)
        parsed = overriding.parse(overrides)
        chosen = choose(project, pipeline, parsed, consulted)
        config = build(chosen, [overriding.pipeline_choice(project, pipeline), *parsed])
        reading = chosen.loader.reading
        start = Written(_top(reading.documents[f"{PIPELINES}/{pipeline}"].root), children={})
        written = reduce(provenance.merge, contributions(chosen), start)
        OmegaConf.set_struct(config, True)
        applied = overriding.apply(chosen.defaults.config_overrides, config, written, chosen.loader.catalog)
        if applied.problems:
            raise ConfigError(applied.problems)
        with open_dict(config):
            config.pop("hydra", None)
        result = resolve(config)
        values = result if isinstance(result, dict) else {}
        located = provenance.locate(values or OmegaConf.to_container(config, resolve=False), applied.written)
        composed = Composed(
            values=values,
            places=located.places,
            files=tuple(dict.fromkeys([*reading.paths.values(), *chosen.files])),
            notes=chosen.notes,
            env=dict(resolvers.seen),
            keys=located.keys,
            history=_history(located.history, located.places, chosen, applied),
            environment=chosen.environment,
            texts=texts(reading.documents),
            root=root,
        )
    problems = list(_problems(composed, [] if isinstance(result, dict) else result))
    if problems:
        raise ConfigError(problems)
    return composed


def _history(
    merged: Mapping[str, tuple[Writing, ...]],
    places: Mapping[str, Place],
    chosen: Chosen,
    applied: overriding.Applied,
) -> dict[str, tuple[Writing, ...]]:
    """What was merged over, and around it what never came to be merged because an override chose otherwise."""
    found = {**applied.removed, **merged}
    for path, written in chosen.dropped:
        found[path] = (*provenance.chain(written, "dropped"), *found.get(path, ()))
    for path, written in chosen.swapped:
        if path in places:
            found[path] = (*found.get(path, ()), *provenance.chain(written, "swapped"))
    return found


def require_harmless(project_conf: Path, pipeline: str, overrides: Sequence[str], root: Path) -> None:
    """ConfigError if these files or overrides would make Hydra itself call, import or write what they name.

    Asked before Hydra's own sweeper composes, which obeys `_target_` in its part of the configuration. Overrides that
    sweep are only read.
    """
    with isolated():
        project = Project(project_conf, root)
        require_pipeline(project, pipeline)
        single = overriding.parse_sweep(overrides)
        choose(project, pipeline, single)
    try:  # Hydra's part may refer to values that only turn out to be calls when they are resolved
        compose(project_conf, pipeline, [str(override.input_line) for override in single], root)
    except ConfigError as error:
        found = [diagnostic for diagnostic in error.diagnostics if diagnostic.code in _ACTING]
        if found:
            raise ConfigError(found) from None


def _top(root: Written | None) -> Place:
    assert root is not None
    return root.at


def _problems(composed: Composed, failures: Sequence[Failure]) -> Iterator[Diagnostic]:
    for failure in failures:
        place = _at_interpolation(composed, composed.place_of(failure.path))
        yield composed.diagnostic(failure.code, failure.message, place, failure.remedy)
    # An interpolation can build the key from text, where no scan of the files sees it.
    for path, found in _refused_keys(composed.values):
        yield composed.diagnostic(found.code, found.message, composed.key_of(path), found.remedy)


def _at_interpolation(composed: Composed, place: Place | None) -> Place | None:
    """The `${` of a text that has one, on the line where the text begins."""
    if place is None or place.line is None or place.column is None:
        return place
    line = composed.texts.get(place.file, "").splitlines()[place.line - 1]
    single = line.count("${") == 1
    return replace(place, column=line.index("${") + 1) if single and line.index("${") >= place.column else place


def _refused_keys(values: Any, path: str = "") -> Iterator[tuple[str, keys.Refused]]:
    items = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for name, item in items:
        inner = f"{path}.{name}" if path else str(name)
        if found := keys.refused(str(name), path.rpartition(".")[2]):
            yield inner, found
        yield from _refused_keys(item, inner)
