"""What the recipes of a plan were made of, kept beside it: so that a changed recipe can say what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from headrace.plan.model import Plan, Stage
from headrace.store import Store

_FIELD = "made_with"


@dataclass(frozen=True, slots=True)
class Ingredients:
    """The code and packages of one stage's recipe; the rest of it is in the stage."""

    modules: Mapping[str, str] = field(default_factory=dict)
    """Module of this project -> sha256 of its source."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Distribution -> version."""


def keep_plan(store: Store, plan: Plan) -> None:
    """Put a plan that was just made into the store, with what its recipes were made of.

    The modules' digests are a document of their own, shared by all stages and plans that the same code made.
    """
    from headrace.plan.recipe import code_digest, distribution_version, module_digests

    made_with = {}
    for stage in plan.stages:
        module = _module(stage)
        code = code_digest(module)
        made_with[stage.name] = [code, {name: distribution_version(name) for name in stage.distributions}]
        if store.get_document("code", code) is None:
            store.put_document("code", code, module_digests(module))
    store.put_document("plans", plan.digest, {**plan.to_json(), _FIELD: made_with})


def ingredients(store: Store, plan_digest: str, stage: str) -> Ingredients | None:
    """What a stage's recipe was made of; None for a plan that was not kept with it."""
    document = store.get_document("plans", plan_digest) or {}
    code, versions = document.get(_FIELD, {}).get(stage, (None, None))
    modules = store.get_document("code", code) if code else None
    return None if modules is None else Ingredients(modules, versions)


def _module(stage: Stage) -> str:
    from headrace.stages.table import kind_of

    return kind_of(stage.type).runner.partition(":")[0]
