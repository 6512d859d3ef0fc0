"""register: the trained model becomes a version in the registry, once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from headrace.config.schema.modelling import Task
from headrace.config.schema.strict import Names
from headrace.registry import Candidate, Version, model_digest, register_version
from headrace.stages.contract import RunInfo, StageContext, StageResult
from headrace.stages.tracked import RegistryPart, run_key, run_of, settings_of
from headrace.tracking.projection import source_digest


class RegisterConfig(RegistryPart):
    """The slice of the configuration that a version tells of."""

    task: Task
    description: str = ""
    owner: str = ""
    tags: Names = ()


def run(ctx: StageContext) -> StageResult:
    """Make a version of `model` and `model_info`, or find the one there is. Writes `version.json`.

    Raises ServiceError.
    """
    config, run_info = RegisterConfig.model_validate(ctx.config), run_of(ctx)
    info = json.loads(ctx.inputs["model_info"].read_text(encoding="utf-8"))
    scores = json.loads(ctx.inputs["metrics"].read_text(encoding="utf-8"))
    candidate = Candidate(
        model=ctx.inputs["model"],
        info=ctx.inputs["model_info"],
        digest=model_digest(ctx.inputs["model"]),
        task=config.task,
        params={"estimator": info["estimator"], **{name: str(value) for name, value in info["params"].items()}},
        tags=version_tags(config, run_info, scores.get("test", {})),
        description=config.description,
    )
    version = register_version(settings_of(ctx), run_key(run_info, config.owner), config.registry.name, candidate)
    ctx.log.info("model registered", name=version.name, version=version.version, new=version.is_new)
    document = _document(version)
    (ctx.out / "version.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    return StageResult(facts={key: document[key] for key in ("name", "version", "mlflow_run_id", "model_uri")})


def version_tags(config: RegisterConfig, run_info: RunInfo, test: Mapping[str, float | None]) -> dict[str, str]:
    """Where a version comes from: pipeline, run, plan, clock, commit and data; and how it did on the test part."""
    facts = run_info.facts
    git, ingest = facts.get("git", {}), _ingest_facts(facts)
    tags = {
        "headrace.pipeline": config.pipeline,
        "headrace.run_id": run_info.run_id,
        "headrace.plan_digest": run_info.plan_digest,
        "headrace.as_of": facts.get("as_of") or "",
        "headrace.run_url": facts.get("run_url") or "",
        "headrace.owner": config.owner,
        "headrace.tags": ", ".join(config.tags),
        "headrace.git_commit": git.get("commit", ""),
        "headrace.git_dirty": str(git["dirty"]).lower() if "dirty" in git else "",
        **{f"headrace.data.{name}": source_digest(source) for name, source in ingest.get("sources", {}).items()},
        **{f"headrace.test.{name}": f"{value:.6g}" for name, value in test.items() if value is not None},
    }
    return {name: value for name, value in tags.items() if value}


def _ingest_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next((s["facts"] for s in facts.get("stages", ()) if s["name"] == "ingest"), {})
    return found


def _document(version: Version) -> dict[str, Any]:
    return {
        "name": version.name,
        "version": version.version,
        "mlflow_run_id": version.mlflow_run_id,
        "model_uri": version.model_uri,
        "model_id": version.model_id,
        "model_digest": version.model_digest,
        "is_new": version.is_new,
    }
