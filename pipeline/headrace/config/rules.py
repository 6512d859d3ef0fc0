"""What must hold between the parts of a pipeline, as far as no data is needed to see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from math import isfinite
from typing import Any

from headrace.config.composed import Composed
from headrace.config.metric_names import names as metric_names
from headrace.config.nearest import suggestion
from headrace.config.safety import problems as unsafe
from headrace.config.schema import Spec
from headrace.errors import Diagnostic

#: Packages that estimators may come from; `model_packages` adds to them.
ESTIMATOR_ROOTS = ("sklearn", "xgboost", "lightgbm")
_IMPORT_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")

Rule = Callable[[Spec, Composed], Iterator[Diagnostic]]


def problems(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Every broken rule, at the value that breaks it."""
    for rule in RULES:
        yield from rule(spec, composed)


def not_plain(values: Any, composed: Composed, path: str = "") -> Iterator[Diagnostic]:
    """Numbers that JSON, and so a plan, cannot hold."""
    items = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for name, item in items:
        yield from not_plain(item, composed, f"{path}.{name}" if path else str(name))
    if isinstance(values, float) and not isfinite(values):
        message = f"`{path}` is not a finite number"
        yield composed.diagnostic("HR144", message, composed.place_of(path), "write a number, or null")


def _target_apart(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.target is None or spec.features is None:
        return
    for kind in ("numeric", "categorical"):
        for index, column in enumerate(getattr(spec.features, kind)):
            if column == spec.target.column:
                message = f"`{column}` is the target: a model that sees it learns nothing else"
                place = composed.place_of(f"features.{kind}.{index}")
                yield composed.diagnostic("HR150", message, place, "delete it from the features")


def _metrics_fit(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.task is None:
        return
    known = metric_names(spec.task)
    for index, metric in enumerate(spec.metrics):
        place = composed.place_of(f"metrics.{index}")
        if metric not in known:
            message = f"`{metric}` is no metric of the task {spec.task}"
            yield composed.diagnostic("HR151", message, place, suggestion(metric, known))
        elif metric in spec.metrics[:index]:
            yield composed.diagnostic("HR151", f"`{metric}` is listed twice", place, "delete one of the two")


def _gates_fit(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.gates and spec.model is None:
        place = composed.key_of("gates")
        yield composed.diagnostic("HR152", "gates need a model to decide on", place, "add `model`, or delete them")
        return
    for index, gate in enumerate(spec.gates):
        place = composed.place_of(f"gates.{index}.metric")
        known = metric_names(spec.task) if spec.task else ()
        if gate.metric not in known:
            message = f"`{gate.metric}` is no metric of the task {spec.task}"
            yield composed.diagnostic("HR151", message, place, suggestion(gate.metric, known))
        elif spec.metrics and gate.metric not in spec.metrics:  # without a list, every metric is computed
            message = f"the gate's metric `{gate.metric}` is not computed"
            yield composed.diagnostic("HR152", message, place, f"add {gate.metric} to `metrics`")


def _positive_given(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.target is None or spec.task is None:
        return
    if spec.task == "binary" and spec.target.positive is None:
        place = composed.key_of("target")
        remedy = f"write target: {{column: {spec.target.column}, positive: …}} with the value of the event"
        yield composed.diagnostic("HR153", "a binary target needs `positive`", place, remedy)
    if spec.task != "binary" and spec.target.positive is not None:
        place = composed.place_of("target.positive")
        message = f"`positive` has no meaning for the task {spec.task}"
        yield composed.diagnostic("HR153", message, place, "delete it")


def _one_table(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if len(spec.dataset.sources) > 1 and spec.dataset.transform is None:
        message = f"{len(spec.dataset.sources)} sources, and nothing that joins them"
        yield composed.diagnostic("HR154", message, composed.key_of("dataset.sources"), "add `dataset.transform`")
    transform = spec.dataset.transform
    if transform is not None and transform.query is None and transform.file is None:
        place = composed.key_of("dataset.transform")
        yield composed.diagnostic("HR158", "the transform has no SQL", place, "add `file` or `query`")


def _estimator_allowed(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.model is None:
        return
    kind, roots = spec.model.type, (*ESTIMATOR_ROOTS, *spec.model_packages)
    place = composed.place_of("model.type")
    if not _IMPORT_PATH.fullmatch(kind):
        remedy = "write its import path, as in sklearn.linear_model.LogisticRegression"
        yield composed.diagnostic("HR155", f"`{kind}` does not name an estimator", place, remedy)
    elif not any(kind.startswith(f"{root}.") for root in roots):
        message = f"`{kind}` is outside the packages that estimators may come from"
        remedy = f"these are {', '.join(roots)}; add a package of your own to `model_packages`"
        yield composed.diagnostic("HR155", message, place, remedy)


def _rules_have_tables(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    tables = (*spec.dataset.sources, "table")
    for table in spec.validation:
        if table not in tables:
            message = f"rules for `{table}`, which is neither a source nor `table`"
            place = composed.key_of(f"validation.{table}")
            yield composed.diagnostic("HR156", message, place, suggestion(table, tables))


def _rows_are_named(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.split is not None and spec.split.method in ("random", "stratified") and not spec.dataset.row_id:
        message = f"a {spec.split.method} split needs `dataset.row_id`"
        remedy = "name the columns that name a row for good (a source's `row_number` can be one)"
        yield composed.diagnostic("HR161", message, composed.place_of("split.method"), remedy)


RULES: tuple[Rule, ...] = (
    _one_table,
    _rows_are_named,
    _rules_have_tables,
    _target_apart,
    _positive_given,
    _estimator_allowed,
    _metrics_fit,
    _gates_fit,
    unsafe,
)
