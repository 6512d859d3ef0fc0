"""Assets that a task may not update: those that stand for what other pipelines make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from headrace.operators.problem import Problem
from headrace.schedule.assets import PRODUCTS, asset_of


def outlet_problems(key: str, task: Mapping[str, Any], pipeline: str) -> Iterator[Problem]:
    """Outlets of the task at `key` that tell of another pipeline's new model or table."""
    for index, asset in enumerate(task["outlets"]):
        for product, owner in _products(asset):
            if owner != pipeline:
                message = f"this is the {product} of the pipeline {owner}, which alone tells when it is new"
                remedy = "delete it, or write an asset of your own"
                yield Problem("HR367", message, f"{key}.outlets.{index}", remedy)
                break


def _products(asset: str | Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Whose product the asset stands for, by one of its names at least."""
    for text in (asset,) if isinstance(asset, str) else asset.values():
        for product in PRODUCTS:
            for start in asset_of(product, "").values():
                if text.startswith(start):
                    yield product, text.removeprefix(start)
