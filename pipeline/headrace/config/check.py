"""Checks a composed configuration and turns it into the typed `Spec` that everything else reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from headrace.config import columns, each, partial, rules, schema_errors, transform_sql
from headrace.config.composed import Composed
from headrace.config.schema import Spec
from headrace.errors import ConfigError, Diagnostic


@dataclass(frozen=True)
class Checked:
    """A configuration that makes a plan, and what its reader should know all the same."""

    spec: Spec
    composed: Composed
    warnings: tuple[Diagnostic, ...] = ()


def check(composed: Composed, pipeline: str) -> Checked:
    """The typed configuration of a pipeline of that name.

    One with members (`for_each`) keeps their holes, and is checked for each of them.
    ConfigError with all problems at once, warnings included, if any of them is an error.
    """
    if each.has_members(composed):
        return each.check_each(composed, pipeline, _check_one)
    return _check_one(composed, pipeline)


def _check_one(composed: Composed, pipeline: str) -> Checked:
    problems = list(each.unfilled(composed))
    if composed.values.get("name", pipeline) != pipeline:
        message = "a pipeline's name is that of its file"
        problems.append(composed.diagnostic("HR140", message, composed.key_of("name"), "delete this line"))
    values = {**composed.values, "name": pipeline}
    try:
        spec = Spec.model_validate(values)
    except ValidationError as error:
        holes = {problem.place for problem in problems}
        refused = schema_errors.diagnostics(error, composed, values)
        problems += (problem for problem in refused if problem.place not in holes)
        sound = partial.sound_parts(values, error)
        places = {problem.place for problem in problems}
        rest = _beyond_the_schema(sound, composed) if sound else []
        raise ConfigError([*problems, *(other for other in rest if other.place not in places)]) from None
    problems += _beyond_the_schema(spec, composed)
    if any(problem.severity == "error" for problem in problems):
        raise ConfigError(problems)
    return Checked(spec, composed, tuple(problems))


def _beyond_the_schema(spec: Spec, composed: Composed) -> list[Diagnostic]:
    """What the rules find; where parts are broken, what they find in the others."""
    found = [*rules.not_plain(composed.values, composed), *rules.problems(spec, composed)]
    found += partial.as_far_as_known(_about_sql(spec, composed))
    return [*found, *partial.as_far_as_known(columns.problems(spec, composed))]


def _about_sql(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    transform = spec.dataset.transform
    if transform and transform.query:
        yield from transform_sql.problems(composed, transform.query, list(spec.dataset.sources))
        yield from transform_sql.parameter_problems(composed, transform.query, list(transform.parameters))
