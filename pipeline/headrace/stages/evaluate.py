"""evaluate: how good a model is on the test part, beside somebody who knows only the training target."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headrace.config.schema.modelling import Target, Task
from headrace.config.schema.strict import Names, Part
from headrace.stages.contract import StageContext, StageResult

if TYPE_CHECKING:  # what a plan is made of is read without the libraries that evaluate
    import pandas as pd

    from headrace.models.metrics import Metrics, Scored
    from headrace_features.scoring import Scorer


class EvaluateConfig(Part):
    """The slice of the configuration that decides how a model is judged."""

    task: Task
    target: Target
    metrics: Names = ()
    """All metrics of the task if none is named."""
    seed: int = 0
    row_id: Names | None = None
    """Columns that name a row in `predictions.parquet`, where the test part has them."""


def run(ctx: StageContext) -> StageResult:
    """Score the model on `test` (and `validation`), and describe what it does there.

    Writes `metrics.json`, `curves.json`, `predictions.parquet` and `pictures/*.svg`.
    """
    from headrace.models.threads import wait_politely

    wait_politely()  # before the libraries are loaded
    from headrace.models import metric_names, metrics, table
    from headrace.report import pictures
    from headrace_features import scoring

    config = EvaluateConfig.model_validate(ctx.config)
    scorer = scoring.load_files(ctx.inputs["model"], ctx.inputs["model_info"])
    names = config.metrics or metric_names.names(config.task)
    labels = metrics.labels_of(scorer.info)
    rows: dict[str, Scored] = {}
    frame, predictions, rows["test"] = _score(scorer, ctx, "test", config, config.row_id or ())
    if "validation" in ctx.inputs:
        _, _, rows["validation"] = _score(scorer, ctx, "validation", config)
    train = table.read_target(ctx.inputs["train"], config.target)
    known = table.encoded_target(train, config.task, labels)
    baseline = metrics.naive(config.task, known, rows["test"].actual, labels)
    found: dict[str, Metrics] = {part: metrics.compute(config.task, names, scored) for part, scored in rows.items()}
    document = {
        **found,
        "baseline": metrics.compute(config.task, names, baseline),
        "direction": {name: metric_names.direction(config.task, name) for name in names},
        "rows": {"train": len(train), **{part: len(scored.actual) for part, scored in rows.items()}},
    }
    _write_json(ctx.out / "metrics.json", document)
    _write_predictions(ctx.out / "predictions.parquet", frame, predictions, config)
    curves = _curves(scorer, frame, rows["test"], config, names[0])
    _write_json(ctx.out / "curves.json", curves)
    pictures.draw(curves, {**scorer.info, "metrics": document}, ctx.out / "pictures")
    return StageResult(facts={"test": document["test"], "baseline": document["baseline"]})


def _score(
    scorer: Scorer, ctx: StageContext, part: str, config: EvaluateConfig, ids: Names = ()
) -> tuple[pd.DataFrame, pd.DataFrame, Scored]:
    """The rows of a part (features, target, those of `ids` that are there), their predictions, and the two together."""
    from headrace.config.schema.modelling import Features
    from headrace.models import fitting, metrics, table

    features = Features.model_validate(scorer.info["features"])
    frame = table.read_part(ctx.inputs[part], part, config.target, features, ids)
    actual = table.encoded_target(frame[config.target.column], config.task, metrics.labels_of(scorer.info))
    inputs = table.feature_inputs(frame, features)
    with fitting.estimator_errors(scorer.model.steps[-1][1]):
        predictions = scorer.score(inputs)
    return frame, predictions, metrics.scored(actual, predictions, config.task, scorer.info)


def _curves(scorer: Scorer, frame: pd.DataFrame, test: Scored, config: EvaluateConfig, metric: str) -> dict[str, Any]:
    from headrace.models import curves, importance, metrics

    used, ranked = importance.permutation_importance(scorer, scorer.inputs(frame), test.actual, metric, config.seed)
    drawn = curves.curves(config.task, test, metrics.labels_of(scorer.info), config.seed)
    return {**drawn, "importance": ranked, "importance_metric": used}


def _write_predictions(path: Path, frame: pd.DataFrame, predictions: pd.DataFrame, config: EvaluateConfig) -> None:
    """Test rows in their order: their id (or `row`, counted from 0), `actual`, and what the model said."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    ids = [name for name in config.row_id or () if name in frame]
    named = frame[ids] if ids else pd.DataFrame({"row": np.arange(len(frame))})
    actual = frame[config.target.column].rename("actual")
    whole = pd.concat([named, actual, predictions], axis=1)
    table = pa.Table.from_pandas(whole, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, path, compression="zstd", write_page_checksum=True)


def _write_json(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=1, allow_nan=False), encoding="utf-8")
