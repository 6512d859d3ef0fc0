from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from headrace.config.schema.volume import Resources


@pytest.mark.parametrize(("written", "processors"), [("500m", 0.5), ("1500m", 1.5), (2, 2), (0.25, 0.25)])
def test_processors_may_be_thousandths(written: Any, processors: float) -> None:
    assert Resources.model_validate({"cpu": written}).cpu == processors


@pytest.mark.parametrize("written", ["two", "2", "0m", "m", "1.5k", "9999999m", "500m\n"])
def test_other_texts_are_told_what_processors_are(written: str) -> None:
    with pytest.raises(ValidationError, match=r"processors: write 2, 0.5, or 500m|less than or equal"):
        Resources.model_validate({"cpu": written})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1.5Gi", "1536Mi"), ("4 GB", "4G"), ("4", "4Gi"), (4, "4Gi"), (1.5, "1536Mi"), ("100mb", "100M"),
        ("4gib", "4Gi"), ("0.5M", "500k"), ("2KB", "2k"), ("0Gi", "4Gi"), ("lots", "4Gi"), ("0.5k", "4Gi"),
        ("1Gi\n", "1Gi"),
    ],
)  # fmt: skip
def test_an_amount_of_memory_is_told_its_units_and_what_was_meant(written: Any, meant: str) -> None:
    with pytest.raises(ValidationError, match=f"whole number with a unit: Ki, Mi.*, as in {meant} ") as caught:
        Resources.model_validate({"memory": written})

    assert Resources.model_validate({"memory": meant}).memory == meant
    assert caught.value.error_count() == 1


def test_editors_know_thousandths() -> None:
    schema = TypeAdapter(Resources).json_schema()["properties"]["cpu"]

    assert {"type": "string", "pattern": "^[1-9][0-9]{0,5}m$"} in schema["anyOf"]
