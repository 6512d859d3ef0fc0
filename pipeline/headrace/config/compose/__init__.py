"""Composes one pipeline's configuration: what Hydra yields, with the place of every value.

Nothing outside this folder imports Hydra to read configuration. Hydra's own loader does the composing; here it reads
through a repository that keeps marks, runs with its globals swapped out, and fails with diagnostics.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf, open_dict

from headrace.config import provenance
from headrace.config.compose import overrides as overriding
from headrace.config.compose.choosing import build, choose, contributions, pipelines, require_pipeline
from headrace.config.compose.isolation import isolated
from headrace.config.compose.repository import PIPELINES, Project, target_refused, texts
from headrace.config.compose.resolution import Failure, resolve
from headrace.config.compose.showing import show
from headrace.config.composed import Composed
from headrace.config.consulted import Consulted
from headrace.config.nodes import Written
from headrace.errors import ConfigError, Diagnostic, Place

__all__ = ["Composed", "compose", "pipelines", "show"]


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
        config = build(chosen, [overriding.pipeline_choice(pipeline), *parsed])
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
            files=tuple(dict.fromkeys(reading.paths.values())),
            notes=chosen.notes,
            env=dict(resolvers.seen),
            keys=located.keys,
            texts=texts(reading.documents),
        )
    problems = list(_problems(composed, [] if isinstance(result, dict) else result))
    if problems:
        raise ConfigError(problems)
    return composed


def _top(root: Written | None) -> Place:
    assert root is not None
    return root.at


def _problems(composed: Composed, failures: Sequence[Failure]) -> Iterator[Diagnostic]:
    for failure in failures:
        yield composed.diagnostic(failure.code, failure.message, composed.place_of(failure.path), failure.remedy)
    # An interpolation can build the key from text, where no scan of the files sees it.
    for path in _targets(composed.values):
        message, place, remedy = target_refused(composed.key_of(path) or Place(""))
        yield composed.diagnostic("HR133", message, place, remedy)


def _targets(values: Any, path: str = "") -> Iterator[str]:
    items = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for name, item in items:
        inner = f"{path}.{name}" if path else str(name)
        if name == "_target_":
            yield inner
        yield from _targets(item, inner)
