"""YAML and overrides in, a checked specification out: the one way to read a pipeline's configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from headrace.config import transform_sql
from headrace.config.check import Checked, check
from headrace.config.consulted import Consulted
from headrace.errors import ConfigError


def compile_spec(
    project_conf: Path, root: Path, pipeline: str, overrides: Sequence[str] = (), consulted: Consulted | None = None
) -> Checked:
    """Compose and check one pipeline: its typed configuration, where every value of it was written, warnings.

    `transform.file` is read into `transform.query`. Raises ConfigError with every problem that was found, each at
    its file, line and column (or at the override). What the result depends on is noted in `consulted`, also then.
    Needs Hydra, which is imported here and not before.
    """
    from headrace.config.compose import compose

    consulted = consulted or Consulted()
    composed = compose(project_conf, pipeline, overrides, root, consulted)
    composed, problems = transform_sql.attach(composed, project_conf, root, consulted)
    try:
        checked = check(composed, pipeline)
    except ConfigError as error:
        raise ConfigError([*problems, *error.diagnostics]) from None
    if problems:
        raise ConfigError(problems)
    return checked
