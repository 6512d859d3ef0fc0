"""train: fits the declared estimator on the training part and saves it with all that is needed to use it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from headrace.config.schema.modelling import Features, Model, Target, Task
from headrace.config.schema.strict import Names, Part
from headrace.stages.contract import StageContext, StageResult

if TYPE_CHECKING:  # what a plan is made of is read without the libraries that train
    from headrace.models.fitting import Fitted
    from headrace.models.fitting import Part as Rows
    from headrace.models.table import Labels


class TrainConfig(Part):
    """The slice of the configuration that decides what is trained."""

    task: Task
    target: Target
    features: Features
    model: Model
    seed: int = 0
    model_packages: Names = ()


def run(ctx: StageContext) -> StageResult:
    """Train on `train`, watching `validation` where early stopping is declared.

    Writes `model.skops` and `model.json`. Both depend on the slice and the inputs alone: how long it took is a fact.
    """
    from headrace.models.threads import wait_politely

    wait_politely()  # before the libraries are loaded
    from headrace.models import assembly, card, fitting, persistence, table
    from headrace.models.estimators import create

    config = TrainConfig.model_validate(ctx.config)
    declared = config.model
    estimator = create(declared.type, declared.params, config.seed, config.task, config.model_packages)
    frame = table.read_part(ctx.inputs["train"], "training", config.target, config.features)
    column = frame[config.target.column]
    labels = None
    if config.task != "regression":
        labels = table.find_labels(column, config.task, config.target.positive)
    dtypes = card.input_dtypes(frame, config.features)
    example = card.input_example(frame, dtypes)
    rows = fitting.Part(table.feature_inputs(frame, config.features), table.encoded_target(column, config.task, labels))
    del frame, column  # the typed copy is enough: the table need not be in memory twice
    assembly.check_missing(rows.inputs, config.features, declared.preprocessing, estimator)
    pipeline = assembly.assemble(config.features, declared.preprocessing, estimator)
    fitted = fitting.fit(pipeline, rows, _validation(ctx, config, labels), declared.early_stopping)
    for message in fitted.warnings:
        ctx.log.warning("the estimator warns", estimator=declared.type, warning=message)
    trusted = persistence.save_model(fitted.model, ctx.out / "model.skops", config.model_packages)
    info = {
        "task": config.task,
        "estimator": declared.type,
        "features": {"numeric": list(config.features.numeric), "categorical": list(config.features.categorical)},
        "target": {"column": config.target.column, "positive": _positive(config.task, labels)},
        "labels": None if labels is None else list(labels.values),
        "input_dtypes": dtypes,
        "input_example": example,
        "params": card.scalar_params(estimator, tuple(declared.params)),
        "requirements": card.requirements(estimator),
        "trusted_types": list(trusted),
        "training": _training(fitted),
    }
    _write_info(ctx.out, info)
    return StageResult(facts=_facts(declared.type, rows, fitted))


def _validation(ctx: StageContext, config: TrainConfig, labels: Labels | None) -> Rows | None:
    """The validation part, where the estimator is to watch it."""
    from headrace.models import fitting, table

    if config.model.early_stopping is None or "validation" not in ctx.inputs:
        return None
    frame = table.read_part(ctx.inputs["validation"], "validation", config.target, config.features)
    target = table.encoded_target(frame[config.target.column], config.task, labels)
    if labels is not None:
        table.check_seen(frame[config.target.column], target)
    return fitting.Part(table.feature_inputs(frame, config.features), target)


def _positive(task: Task, labels: Labels | None) -> Any:
    return labels.values[1] if labels is not None and task == "binary" else None


def _training(fitted: Fitted) -> dict[str, Any]:
    facts = {"best_iteration": fitted.best_iteration, "history": fitted.history}
    return {name: value for name, value in facts.items() if value is not None}


def _write_info(out: Path, info: dict[str, Any]) -> None:
    import json
    from hashlib import sha256

    digest = sha256((out / "model.skops").read_bytes()).hexdigest()
    document = {**info, "digest_of_model": digest}
    (out / "model.json").write_text(json.dumps(document, indent=1, allow_nan=False), encoding="utf-8")


def _facts(estimator: str, rows: Rows, fitted: Fitted) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "estimator": estimator,
        "rows": len(rows.target),
        "features": rows.inputs.shape[1],
        "fit_seconds": round(fitted.seconds, 3),
    }
    if fitted.best_iteration is not None:
        facts["best_iteration"] = fitted.best_iteration
    return facts
