"""promote: the alias moves to the new version, if nobody has moved it meanwhile."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from headrace.registry import promote_version
from headrace.stages.contract import StageContext, StageResult
from headrace.stages.tracked import RegistryPart, run_of, settings_of


class PromoteConfig(RegistryPart):
    """The slice of the configuration that names the alias."""


def run(ctx: StageContext) -> StageResult:
    """Promote the version in `version` past the champion that `gates` looked at. Writes `promotion.json`.

    Raises ChampionMovedError where the champion has changed since the gates decided, and ServiceError.
    """
    config = PromoteConfig.model_validate(ctx.config)
    version = str(json.loads(ctx.inputs["version"].read_text(encoding="utf-8"))["version"])
    name, alias = config.registry.name, config.registry.alias
    run_info = run_of(ctx)
    as_of = run_info.facts.get("as_of")
    clock = datetime.fromisoformat(as_of) if as_of else run_info.started
    promotion = promote_version(settings_of(ctx), name, alias, version, _seen(ctx, version), clock)
    ctx.log.info("promotion decided", model=name, **asdict(promotion))
    document = {"name": name, **asdict(promotion)}
    (ctx.out / "promotion.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    return StageResult(facts={key: document[key] for key in ("alias", "version", "previous", "promoted", "reason")})


def _seen(ctx: StageContext, candidate: str) -> str | None:
    """The version that was champion when the gates decided; without gates, when this stage began."""
    champion: Any = ctx.observed.get("champion")
    if "gates" in ctx.inputs:
        champion = json.loads(ctx.inputs["gates"].read_text(encoding="utf-8"))["champion"]
    if champion == "self":
        return candidate
    return str(champion["version"]) if champion else None
