"""Checks a composed configuration and turns it into the typed `Spec` that everything else reads."""

from __future__ import annotations

from pydantic import ValidationError

from headrace.config import columns, rules, schema_errors, transform_sql
from headrace.config.composed import Composed
from headrace.config.schema import Spec
from headrace.errors import ConfigError, Diagnostic


def to_spec(composed: Composed, pipeline: str) -> Spec:
    """The typed configuration of a pipeline of that name; ConfigError with all problems at once."""
    problems = []
    if composed.values.get("name", pipeline) != pipeline:
        message = "a pipeline's name is that of its file"
        problems.append(composed.diagnostic("HR140", message, composed.key_of("name"), "delete this line"))
    values = {**composed.values, "name": pipeline}
    try:
        spec = Spec.model_validate(values)
    except ValidationError as error:
        raise ConfigError([*problems, *schema_errors.diagnostics(error, composed, values)]) from None
    problems += _beyond_the_schema(spec, composed)
    if problems:
        raise ConfigError(problems)
    return spec


def _beyond_the_schema(spec: Spec, composed: Composed) -> list[Diagnostic]:
    found = [*rules.not_plain(composed.values, composed), *rules.problems(spec, composed)]
    query = spec.dataset.transform.query if spec.dataset.transform else None
    if query:
        found += transform_sql.problems(composed, query, list(spec.dataset.sources))
    return [*found, *columns.problems(spec, composed)]
