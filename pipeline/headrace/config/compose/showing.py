"""Hydra's own views of a configuration: `--cfg` and `--info`."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from hydra._internal.hydra import Hydra

from headrace.config.compose import overrides as overriding
from headrace.config.compose.choosing import attempt, choose, require_pipeline
from headrace.config.compose.isolation import isolated
from headrace.config.compose.repository import Project
from headrace.config.consulted import Consulted
from headrace.errors import UsageError

CFG = ("job", "hydra", "all")
INFO = ("all", "config", "defaults", "defaults-tree", "plugins", "searchpath")


def show(project_conf: Path, pipeline: str, overrides: Sequence[str], option: str, kind: str) -> str:
    """The text of Hydra's `--cfg KIND` (`option="cfg"`) or `--info KIND` (`option="info"`).

    Shows what runs: values that an override made moot are left out here too. Interpolations stay as written.
    Raises UsageError for a view that Hydra does not have, ConfigError where the pipeline does not compose.
    """
    if kind not in {"cfg": CFG, "info": INFO}.get(option, ()):
        raise UsageError(f"there is no --{option} {kind}", remedy=f"--cfg {'|'.join(CFG)}, or --info {'|'.join(INFO)}")
    with isolated():
        project = Project(project_conf, project_conf.parent)
        require_pipeline(project, pipeline, Consulted())
        parsed = overriding.parse(overrides)
        chosen = choose(project, pipeline, parsed)
        first = overriding.pipeline_choice(pipeline)
        texts = [str(override.input_line) for override in (first, *parsed)]
        hydra = Hydra(task_name=pipeline, config_loader=chosen.loader)

        def print_it() -> None:
            if option == "cfg":
                hydra.show_cfg("config", texts, cfg_type=kind, package=None)
            else:
                hydra.show_info(kind, "config", texts)

        return attempt(chosen.loader, [first, *parsed], lambda: _printed(print_it))


def _printed(action: Callable[[], None]) -> str:
    with redirect_stdout(io.StringIO()) as captured, _root_logger_kept():
        action()
    return captured.getvalue()


@contextmanager
def _root_logger_kept() -> Iterator[None]:
    """Hydra prints `--info` through the root logger and leaves its handler there."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    root.handlers = []
    try:
        yield
    finally:
        root.handlers = handlers
        root.setLevel(level)
