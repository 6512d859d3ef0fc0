"""From a stage's slice back to the configuration."""

from __future__ import annotations

from typing import Any

import pytest

from headrace.plan.values import leaves
from headrace.status.reasons import spec_key
from plans import plan_of


def at(values: Any, path: str) -> Any:
    for name in path.split("."):
        values = values[int(name)] if isinstance(values, list) else values[name]
    return values


@pytest.mark.parametrize("method", ["time", "random"])
def test_every_value_of_every_slice_is_found_in_the_configuration(method: str) -> None:
    split = {"method": "random", "test": 0.2} if method == "random" else {"method": "time", "column": "d", "test": "1d"}
    plan = plan_of(split=split, registry={"name": "late", "alias": "champion"})
    for stage in plan.stages:
        for path, value in leaves(stage.config):
            key = spec_key(stage.type, path)
            assert at(plan.spec, key) == value or key == "model.early_stopping", (stage.name, path, key)
