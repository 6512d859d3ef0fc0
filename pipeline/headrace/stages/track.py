"""track: the run as people look at it. One page, and one MLflow run, written from what the other stages left."""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from headrace import tracking
from headrace.config.schema.modelling import Task
from headrace.config.schema.operation import Tracking
from headrace.config.schema.strict import Names, Part
from headrace.errors import ServiceError
from headrace.plan.model import Plan
from headrace.registry import refresh_champions
from headrace.stages.contract import RunInfo, StageContext, StageResult
from headrace.stages.tracked import run_key, run_of, settings_of
from headrace.tracking import projection
from headrace.tracking.provenance import provenance_document

if TYPE_CHECKING:
    from headrace.tracking import RunKey, Settings, TrackedRun

#: Tables and models are in the store and the registry.
_NOT_ARTIFACTS = (".parquet", ".skops")
_TYPES = {
    "bool": "boolean",
    "int": "long",
    "uint": "long",
    "float": "double",
    "double": "double",
    "halffloat": "double",
}


class TrackConfig(Part):
    """The slice of the configuration that a run is shown with."""

    tracking: Tracking
    pipeline: str
    description: str = ""
    owner: str = ""
    tags: Names = ()
    task: Task | None = None
    member: str | None = None


def run(ctx: StageContext) -> StageResult:
    """Write `page.html` and `mlflow.json`, the MLflow run, and the page's copies under the home folder.

    `inputs` are all outputs of the other stages, as `STAGE/OUTPUT`. A server that does not answer is a ServiceError;
    the page is written all the same.
    """
    config, run_info = TrackConfig.model_validate(ctx.config), run_of(ctx)
    settings, key = settings_of(ctx), run_key(run_info, config.owner)
    try:
        tracked = tracking.ensure_run(settings, key)
    except ServiceError:
        _write_page(ctx, run_info, None)
        raise
    document = {
        "mlflow_run_id": tracked.mlflow_run_id,
        "experiment_id": tracked.experiment_id,
        "experiment": settings.experiment,
        "tracking_uri": settings.address,
        "url": tracked.url,
    }
    page = _write_page(ctx, run_info, document)
    (ctx.out / "mlflow.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    _project(ctx, config, settings, key, tracked)
    refresh_champions(settings)
    ctx.log.info("run tracked", **document)
    facts = {name: document[name] for name in ("mlflow_run_id", "experiment_id", "tracking_uri", "url")}
    return StageResult(facts={**facts, "page": str(page)})


def _project(ctx: StageContext, config: TrackConfig, settings: Settings, key: RunKey, tracked: TrackedRun) -> None:
    with tempfile.TemporaryDirectory(prefix="headrace-track-") as room:
        folder = Path(room)
        _collect(ctx, run_of(ctx), folder)
        tracking.project(settings, key, _told(ctx, config, tracked.mlflow_run_id, folder), tracked)
    opened_by_another = _document(ctx, "register/version.json").get("mlflow_run_id")
    if opened_by_another and opened_by_another != tracked.mlflow_run_id:
        tracking.abandon(settings, opened_by_another, tracked.mlflow_run_id)


def _told(ctx: StageContext, config: TrackConfig, mlflow_run_id: str, folder: Path) -> tracking.Projection:
    run_info, version = run_of(ctx), _document(ctx, "register/version.json")
    facts = run_info.facts
    spec: Mapping[str, Any] = (facts.get("plan") or {}).get("spec") or {}
    stages: list[Mapping[str, Any]] = list(facts.get("stages") or ())
    scores = _document(ctx, "evaluate/metrics.json")
    info = _document(ctx, "train/model.json")
    ingest = next((stage.get("facts") or {} for stage in stages if stage["name"] == "ingest"), {})
    return tracking.Projection(
        params=projection.params_of(spec, list(facts.get("overrides") or ()), facts.get("as_of")),
        metrics=projection.metrics_of(scores, stages),
        curves=projection.curves_of(info),
        model_metrics=tuple(scores.get("test", {})),
        model_id=version.get("model_id") if version.get("mlflow_run_id") == mlflow_run_id else None,
        tags=_tags(ctx, config, run_info, version),
        datasets=projection.datasets_of(spec, ingest, _columns(ctx)),
        folder=folder,
    )


def _tags(ctx: StageContext, config: TrackConfig, run_info: RunInfo, version: Mapping[str, Any]) -> dict[str, str]:
    git = run_info.facts.get("git") or {}
    gates = _document(ctx, "gate/gates.json")
    promotion = _document(ctx, "promote/promotion.json")
    tags = {
        "mlflow.note.content": projection.note_of(config.description, run_info.facts.get("run_url")),
        "headrace.run_url": run_info.facts.get("run_url"),
        "mlflow.source.git.commit": git.get("commit"),
        "headrace.git_dirty": git.get("dirty"),
        "headrace.plan_digest": run_info.plan_digest,
        "headrace.as_of": run_info.facts.get("as_of"),
        "headrace.owner": config.owner,
        "headrace.tags": ", ".join(config.tags),
        "headrace.task": config.task,
        "headrace.member": config.member,
        "headrace.gates": None if not gates else "passed" if gates["passed"] else "refused",
        "headrace.model_version": f"{version['name']}/{version['version']}" if version else None,
        "headrace.promoted": promotion.get("promoted"),
    }
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in tags.items()
        if value not in (None, "")
    }


def _collect(ctx: StageContext, run_info: RunInfo, folder: Path) -> None:
    """Everything that the run's artifacts are, in one folder: configuration, plan, page, and STAGE/OUTPUT files."""
    facts = run_info.facts
    for name, path in ctx.inputs.items():
        if not name.endswith(_NOT_ARTIFACTS):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    (folder / "config.yaml").write_text(facts.get("config_yaml") or "", encoding="utf-8")
    if facts.get("plan"):
        document = provenance_document(Plan.from_json(facts["plan"]), facts, ctx.root)
        (folder / "provenance.json").write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")
    (folder / "plan.json").write_text(json.dumps(facts.get("plan") or {}, indent=1), encoding="utf-8")
    shutil.copyfile(ctx.out / "page.html", folder / "page.html")


def _write_page(ctx: StageContext, run_info: RunInfo, mlflow: Mapping[str, Any] | None) -> Path:
    """The page among the outputs, and its copies for people: one that stays, and `latest.html`."""
    from headrace.report.documents import from_documents, read_documents
    from headrace.report.page import render

    documents, pictures = read_documents(ctx.inputs)
    html = render(from_documents(run_info, ctx.config, documents, pictures=pictures, mlflow=mlflow))
    page = ctx.out / "page.html"
    page.write_text(html, encoding="utf-8")
    folder = ctx.home / "pages" / quote(run_info.pipeline, safe="")
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{quote(run_info.run_id, safe='')}.html"
    for target in (kept, folder / "latest.html"):
        part = target.with_name(f".{uuid.uuid4().hex[:8]}.{target.name}")
        shutil.copyfile(page, part)
        part.replace(target)
    return kept.absolute()


def _document(ctx: StageContext, name: str) -> dict[str, Any]:
    """A JSON output of another stage; empty where that stage did not get so far."""
    if name not in ctx.inputs:
        return {}
    document: dict[str, Any] = json.loads(ctx.inputs[name].read_bytes())
    return document


def _columns(ctx: StageContext) -> dict[str, dict[str, str]]:
    """Columns of each source, with MLflow's names for their types."""
    import pyarrow.parquet as pq

    found: dict[str, dict[str, str]] = {}
    for name, path in ctx.inputs.items():
        stage, _, output = name.partition("/")
        if stage == "ingest" and output.endswith(".parquet"):
            with suppress(OSError, ValueError):
                schema = pq.read_schema(path)
                found[output.removesuffix(".parquet")] = {
                    column.name: _type_name(str(column.type)) for column in schema
                }
    return found


def _type_name(arrow: str) -> str:
    if arrow.startswith(("timestamp", "date")):
        return "datetime"
    return _TYPES.get(arrow.rstrip("0123456789"), "string")
