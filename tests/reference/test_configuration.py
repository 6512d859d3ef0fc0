"""The page of every configuration key."""

from __future__ import annotations

from headrace.config.meanings import parts
from headrace.reference.configuration import configuration_page


def test_every_key_of_every_part_is_there() -> None:
    page = configuration_page()

    for part in parts().values():
        if not part.__subclasses__() and part.__name__ != "_Source":
            for field in part.model_fields:
                assert f"`{field}`" in page, f"{part.__name__}.{field}"


def test_a_row_has_type_default_unit_and_example() -> None:
    page = configuration_page()

    assert "| `seed` | whole number ≥ 0 | `0` |" in page
    assert "| `2h` | The longest that one try of a stage may take. Unit: duration. Example: `2h`. |" in page
    assert "## `dataset.sources.NAME` with `type: csv`" in page
    assert "`roc_auc` (max)" in page
