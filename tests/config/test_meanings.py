"""The meanings of keys, from the docstrings under the fields."""

from __future__ import annotations

import pytest

from headrace.config.meanings import meanings, parts
from headrace.config.schema.dataset import CsvSource
from headrace.config.schema.runtime import Runtime
from headrace.config.schema.schedule import Schedule


def test_a_meaning_has_text_unit_and_examples() -> None:
    timeout = meanings(Runtime)["timeout"]

    assert timeout.text == "The longest that one try of a stage may take."
    assert timeout.unit == "duration"
    assert timeout.example_values == ("2h",)


def test_inherited_fields_have_their_meaning() -> None:
    assert meanings(CsvSource)["path"].text.startswith("A path or glob")
    assert list(meanings(CsvSource))[:2] == list(CsvSource.model_fields)[:2]


def test_examples_are_read_as_yaml_and_dates_stay_text() -> None:
    assert meanings(CsvSource)["null_values"].example_values == (["NA", "?"],)
    assert meanings(Schedule)["start"].example_values == ("2024-01-01",)


@pytest.mark.parametrize("name", sorted(parts()))
def test_every_key_of_the_schema_has_a_meaning(name: str) -> None:
    """A new field without a docstring would be a blank line in the editor and in the reference."""
    part = parts()[name]

    assert [field for field in part.model_fields if field not in meanings(part)] == []
    for field, meaning in meanings(part).items():
        assert meaning.text.endswith("."), field
