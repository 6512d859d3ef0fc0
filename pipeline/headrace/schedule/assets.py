"""Assets: what a pipeline waits for, and what tells others that a model or a table of its own is new.

A condition is text (a name, or a URI if it has `://`) or a mapping: `{name, uri}`, `{alias}`, `{all: […]}` or
`{any: […]}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

Condition = str | Mapping[str, Any]
Product = Literal["model", "dataset"]
PRODUCTS: tuple[Product, ...] = ("model", "dataset")


def asset_of(product: Product, pipeline: str) -> dict[str, Any]:
    """The asset that stands for a pipeline's model, or for the table that it prepares."""
    return {"name": f"headrace.{product}.{pipeline}", "uri": f"headrace://{product}/{pipeline}"}


def awaited(schedule: Mapping[str, Any]) -> tuple[tuple[Product, str], ...]:
    """Whose model or dataset a schedule waits for: what and the pipeline."""
    entries: Sequence[Mapping[str, Any]] = schedule.get("depends_on") or ()
    return tuple((product, entry[product]) for entry in entries for product in PRODUCTS if entry.get(product))


def condition_of(schedule: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a schedule waits for, `assets` and `depends_on` together, with nothing implied; None for no asset at all."""
    written = schedule.get("assets")
    found = [plain(written)] if written is not None else []
    found += [asset_of(product, pipeline) for product, pipeline in awaited(schedule)]
    return None if not found else found[0] if len(found) == 1 else {"all": found}


def plain(condition: Condition) -> dict[str, Any]:
    """A condition as written, with nothing implied: an asset has the keys it was given and no others."""
    if isinstance(condition, str):
        return {"uri" if "://" in condition else "name": condition}
    for word in ("all", "any"):
        if condition.get(word):
            return {word: [plain(member) for member in condition[word]]}
    return {key: condition[key] for key in ("name", "uri", "alias") if condition.get(key)}


def whole(asset: str | Mapping[str, str]) -> dict[str, str]:
    """An asset that a task reads or updates, by name and URI: one text is both, but that of a pipeline's product.

    To Airflow `Asset("orders")` is the same, and it is the only way to define an asset by one text.
    """
    if not isinstance(asset, str):
        return dict(asset)
    for product in PRODUCTS:
        for start in asset_of(product, "").values():
            if asset.startswith(start):
                return asset_of(product, asset.removeprefix(start))
    return {"name": asset, "uri": asset}


def condition_text(condition: Condition) -> str:
    """A condition in words: `orders and (prices or rates)`."""
    return _text(plain(condition), outermost=True)


def _text(condition: Mapping[str, Any], *, outermost: bool) -> str:
    for word, between in (("all", " and "), ("any", " or ")):
        if word in condition:
            text = between.join(_text(member, outermost=False) for member in condition[word])
            return text if outermost or len(condition[word]) == 1 else f"({text})"
    return f"alias {condition['alias']}" if "alias" in condition else str(condition.get("name") or condition["uri"])
