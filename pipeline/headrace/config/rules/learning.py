"""What is learned: the target, the features, the estimator."""

from __future__ import annotations

import re
from collections.abc import Iterator

from headrace.config.composed import Composed
from headrace.config.rules.rule import Rule
from headrace.config.rules.table import declared_type
from headrace.config.schema import Spec
from headrace.errors import Diagnostic

#: Packages that estimators may come from; `model_packages` adds to them.
ESTIMATOR_ROOTS = ("sklearn", "xgboost", "lightgbm")
_BOOSTED = ("XGB", "HistGradientBoosting")
#: Declared type of a target -> the type of its `positive`.
_POSITIVES = {"bool": bool, "string": str, "int": int}
_IMPORT_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")


def features(spec: Spec) -> Iterator[tuple[str, str]]:
    """Dotted path and column of every feature."""
    for kind in type(spec.features).model_fields if spec.features else ():
        for index, column in enumerate(getattr(spec.features, kind)):
            yield f"features.{kind}.{index}", column


def _target_apart(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.target is None:
        return
    for path, column in features(spec):
        if column == spec.target.column:
            message = f"`{column}` is the target: a model that sees it learns nothing else"
            yield composed.diagnostic("HR150", message, composed.place_of(path), "delete it from the features")


def _names_of_rows_apart(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for path, column in features(spec):
        if reason := _names_rows(spec, column):
            message = f"`{column}` {reason}: a model learns it by heart, and new rows have others"
            place = composed.place_of(path)
            yield composed.diagnostic("HR167", message, place, "delete it from the features", "warning")


def _names_rows(spec: Spec, column: str) -> str:
    if any(source.row_number == column for source in spec.dataset.sources.values()):
        return "is the number of a row"
    if spec.dataset.row_id == (column,):
        return "names a row (`dataset.row_id`)"
    for table in spec.validation.values():
        rules = table.columns.get(column)
        if table.unique == (column,) or (rules is not None and rules.unique and _is_name(rules.type)):
            return "is another in every row (`validation` says unique)"
    return ""


def _is_name(declared: str | None) -> bool:
    """A unique whole number or text names something; a measurement may well be unique by chance."""
    return declared in (None, "int", "string")


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


def _target_fits(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.target is None or spec.task is None:
        return
    kind, positive = declared_type(spec, spec.target.column), spec.target.positive
    if spec.task == "regression" and kind in ("string", "bool", "date", "datetime"):
        message = f"the target `{spec.target.column}` is declared as {kind}: a regression needs a number"
        yield composed.diagnostic("HR153", message, composed.place_of("target.column"), "correct the task or the type")
    written = _POSITIVES.get(kind or "")
    if spec.task == "binary" and positive is not None and written is not None and type(positive) is not written:
        message = f"the target `{spec.target.column}` is declared as {kind}, and `positive` is {positive!r}"
        yield composed.diagnostic("HR153", message, composed.place_of("target.positive"), f"write a value of {kind}")


def _numbers_are_numbers(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for index, column in enumerate(spec.features.numeric if spec.features else ()):
        kind = declared_type(spec, column)
        if kind in ("string", "date", "datetime"):
            message = f"`{column}` is declared as {kind}, and stands among the numeric features"
            remedy = (
                "list it under categorical" if kind == "string" else "make numbers of it in the SQL, as in month(…)"
            )
            yield composed.diagnostic("HR189", message, composed.place_of(f"features.numeric.{index}"), remedy)


def _can_stop_early(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Of the known libraries' estimators, those that boost have rounds to stop; others are left to training."""
    model = spec.model
    if model is None or model.early_stopping is None or not model.type.startswith(("sklearn.", "xgboost.")):
        return
    name = model.type.rpartition(".")[2]
    if not name.startswith(_BOOSTED) or name.startswith("XGBRF"):
        message, place = f"{name} has no rounds to stop early", composed.key_of("model.early_stopping")
        yield composed.diagnostic("HR179", message, place, "write early_stopping: null")
    elif spec.split is not None and spec.split.validation is None:
        message, place = "early stopping needs a validation part: the split makes none", composed.key_of("split")
        remedy = "add split.validation, or write early_stopping: null"
        yield composed.diagnostic("HR179", message, place, remedy, "warning")


def _knows_categories(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Whether the estimator has categories of its own, where they are asked for."""
    model = spec.model
    if model is None or model.preprocessing.categorical.encode != "native":
        return
    if not model.type.startswith("sklearn.ensemble.HistGradientBoosting"):
        message = f"{model.type.rpartition('.')[2]} has no categories of its own"
        place = composed.place_of("model.preprocessing.categorical.encode")
        remedy = "write ordinal or one_hot: native is for HistGradientBoosting"
        yield composed.diagnostic("HR193", message, place, remedy)


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


RULES: tuple[Rule, ...] = (
    _target_apart,
    _names_of_rows_apart,
    _positive_given,
    _target_fits,
    _numbers_are_numbers,
    _can_stop_early,
    _knows_categories,
    _estimator_allowed,
)
