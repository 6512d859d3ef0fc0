"""What the schema says of a value."""

from __future__ import annotations

from typing import Any

import pytest

from headrace.explain.meaning import Meaning, meaning
from headrace.plan.values import values_of
from plans import plan_of

SPEC = plan_of().spec


@pytest.mark.parametrize(
    ("key", "text", "allowed"),
    [
        ("runtime.depends_on_past", "Wait until the same task of the run before", "true or false"),
        ("runtime.retries", "Tries after the first.", "an integer ≥ 0"),
        ("schedule", "When Airflow starts a run.", "a mapping with cron, "),
        ("schedule.start", "The first day that has a run.", "a date, YYYY-MM-DD or null"),
        ("task", "", "one of binary, multiclass, regression or null"),
        ("gates.0.min", "The least that it may be.", "a number or null"),
        ("dataset.sources.flights.time_column", "The column that says when a row became known: ", "text or null"),
        ("dataset.sources.flights.null_values.0", 'Texts that mean "no value"; the empty field always does.', "text"),
        ("split.test", "How far back from the newest row", "a duration: whole n"),
    ],
)
def test_meaning_and_what_is_allowed(key: str, text: str, allowed: str) -> None:
    found = meaning(key, SPEC)

    assert found.text.startswith(text)
    assert found.allowed.startswith(allowed)


def test_a_duration_has_a_unit() -> None:
    assert meaning("runtime.timeout", SPEC).unit == "s, m, h, d or w"
    assert meaning("runtime.retries", SPEC).unit == "tries"


def test_the_alternative_that_was_written_is_the_one_that_is_meant() -> None:
    random: dict[str, Any] = {**SPEC, "split": {"method": "random", "test": 0.2, "validation": None}}

    assert meaning("split.test", random).allowed == "a number > 0 and < 1"
    assert "stay together" not in meaning("split.test", random).text


def test_defaults() -> None:
    assert meaning("runtime.retries", SPEC).default == 2
    assert meaning("notify", SPEC).default == []
    assert not meaning("dataset.sources.flights.path", SPEC).has_default


def test_what_the_schema_does_not_know_has_no_meaning() -> None:
    assert meaning("nothing.here", SPEC) == Meaning()


def test_every_value_of_a_pipeline_says_what_it_may_be() -> None:
    keys = [value.key for value in values_of(plan_of()) if not value.key.startswith("model.params.")]

    assert [key for key in keys if not meaning(key, SPEC).allowed] == []
