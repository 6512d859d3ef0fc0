"""What is predicted, from what, by which estimator, and what counts as good enough."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from headrace.config.schema.strict import Duration, Int64, Names, Part

Task = Literal["binary", "multiclass", "regression"]
Share = Annotated[float, Field(gt=0, lt=1)]


class Target(Part):
    """The column to predict."""

    column: str
    """A column of the table.

    Example: `arrived_late`
    """
    positive: str | Int64 | float | bool | None = None
    """Binary: the value that counts as the event.

    Example: `true`, or `"yes"`
    """


class Features(Part):
    """The columns that the model sees, by how they are treated."""

    numeric: Names = ()
    """Columns that hold numbers or truth values.

    Example: `[age, distance]`
    """
    categorical: Names = ()
    """Columns whose values are names: text, or numbers that count nothing.

    Example: `[carrier, origin]`
    """

    @model_validator(mode="after")
    def _distinct(self) -> Features:
        names = (*self.numeric, *self.categorical)
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"listed twice: {', '.join(repeated)}")
        if not names:
            raise ValueError("there are no features: list at least one numeric or categorical column")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """All features, numeric ones first: the order of the model's input columns."""
        return (*self.numeric, *self.categorical)


class TimeSplit(Part):
    """The newest rows are for the test, the ones before them for validation."""

    method: Literal["time"]
    """By time: learn from the past, test on what came after."""
    column: str
    """The date or time that orders the rows.

    Example: `flight_date`
    """
    test: Duration
    """How far back from the newest row the test part reaches.

    Unit: duration
    Example: `30d`
    """
    validation: Duration | None = None
    """How far back from the test part the validation part reaches; without it there is none.

    Unit: duration
    Example: `30d`
    """


class RandomSplit(Part):
    """Rows fall into parts by a hash of their id."""

    method: Literal["random"]
    """At random, and for good: a row stays in its part when others come."""
    test: Share
    """Share of the rows that the test part gets.

    Unit: share of rows
    Example: `0.25`
    """
    validation: Share | None = None
    """Share of the rows that the validation part gets; without it there is none.

    Unit: share of rows
    Example: `0.15`
    """


class StratifiedSplit(Part):
    """As random, drawn apart within each value of a column, and each value must reach every part."""

    method: Literal["stratified"]
    """At random within each value of a column."""
    column: str | None = None
    """The column to stratify by; the target if not given.

    Example: `cultivar`
    """
    test: Share
    """Share of the rows that the test part gets.

    Unit: share of rows
    Example: `0.25`
    """
    validation: Share | None = None
    """Share of the rows that the validation part gets; without it there is none.

    Unit: share of rows
    Example: `0.15`
    """


class GroupedSplit(Part):
    """Rows that share a value stay together."""

    method: Literal["grouped"]
    """At random by group: no group is in two parts."""
    column: str
    """The column that names the group.

    Example: `patient`
    """
    test: Share
    """Share of the groups that the test part gets.

    Unit: share of groups
    Example: `0.25`
    """
    validation: Share | None = None
    """Share of the groups that the validation part gets; without it there is none.

    Unit: share of groups
    Example: `0.15`
    """


Split = Annotated[TimeSplit | RandomSplit | StratifiedSplit | GroupedSplit, Field(discriminator="method")]


class NumericPreprocessing(Part):
    """How numeric columns reach the estimator."""

    impute: Literal["none", "mean", "median"] = "none"
    """What stands in for missing numbers; `none` leaves them to the estimator."""
    scale: Literal["none", "standard", "min_max"] = "none"
    """`standard`: mean 0 and deviation 1; `min_max`: from 0 to 1; `none`: as they are."""


class CategoricalPreprocessing(Part):
    """How categorical columns reach the estimator."""

    encode: Literal["one_hot", "ordinal", "native"] = "one_hot"
    """How categories become numbers.

    `one_hot`: a column for each category; `ordinal`: one column of codes, which a tree splits as if they had an order;
    `native`: codes that HistGradientBoosting treats as categories, 254 at most in a column.
    """
    min_frequency: Annotated[int, Field(ge=1)] | None = None
    """Categories rarer than this many rows are treated as one.

    Unit: rows
    Example: `10`
    """


class Preprocessing(Part):
    """What happens to the features before the estimator."""

    numeric: NumericPreprocessing = NumericPreprocessing()
    """Steps for numeric columns.

    Example: `{impute: median, scale: standard}`
    """
    categorical: CategoricalPreprocessing = CategoricalPreprocessing()
    """Steps for categorical columns.

    Example: `{encode: one_hot, min_frequency: 10}`
    """


class EarlyStopping(Part):
    """Stop adding trees when the validation part no longer improves."""

    rounds: Annotated[int, Field(ge=1)]
    """Rounds without improvement after which training ends.

    Unit: rounds
    Example: `20`
    """


class Model(Part):
    """An estimator by its import path, and its parameters."""

    type: str
    """Import path of a scikit-learn or XGBoost estimator, or of one from `model_packages`.

    Example: `xgboost.XGBClassifier`
    """
    params: dict[str, Any] = Field(default_factory=dict)
    """The estimator's own parameters by name.

    Example: `{max_depth: 4, learning_rate: 0.1}`
    """
    preprocessing: Preprocessing = Preprocessing()
    """What happens to the features before the estimator.

    Example: `{numeric: {impute: median, scale: standard}}`
    """
    early_stopping: EarlyStopping | None = None
    """When to stop adding trees, judged on the validation part; null: never.

    Example: `{rounds: 20}`
    """


class ThresholdGate(Part):
    """A metric on the test part must reach a bound."""

    metric: str
    """One of `metrics`, on the test part.

    Example: `roc_auc`
    """
    min: float | Int64 | None = None
    """The least that it may be.

    Unit: the metric's own
    Example: `0.65`
    """
    max: float | Int64 | None = None
    """The most that it may be.

    Unit: the metric's own
    Example: `0.5`
    """

    @model_validator(mode="after")
    def _bounded(self) -> ThresholdGate:
        if self.min is None and self.max is None:
            raise ValueError("a gate needs min, max, or a baseline to compare with")
        return self


class BaselineGate(Part):
    """A metric must not be worse than the champion's, or the naive baseline's, on the same rows."""

    metric: str
    """One of `metrics`, on the test part.

    Example: `roc_auc`
    """
    baseline: Literal["champion", "naive"]
    """`champion`: the model in production; `naive`: a guess that looks at no feature."""
    max_degradation: Annotated[float, Field(ge=0)] = 0.0
    """How much worse it may be.

    Unit: the metric's own
    Example: `0.005`
    """
    min_improvement: Annotated[float, Field(ge=0)] | None = None
    """How much better it must be.

    Unit: the metric's own
    Example: `0.01`
    """
    if_absent: Literal["pass", "refuse"] = "refuse"
    """What to decide while there is no champion."""

    @model_validator(mode="after")
    def _one_direction(self) -> BaselineGate:
        if self.min_improvement is not None and self.max_degradation:
            raise ValueError("give max_degradation or min_improvement, not both")
        return self


def _gate_kind(value: Any) -> str:
    """A gate with a `baseline` compares; any other is held against a bound."""
    compares = "baseline" in value if isinstance(value, dict) else isinstance(value, BaselineGate)
    return "comparison" if compares else "threshold"


Gate = Annotated[
    Annotated[ThresholdGate, Tag("threshold")] | Annotated[BaselineGate, Tag("comparison")],
    Discriminator(_gate_kind),
]

Gates = Annotated[tuple[Gate, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)]
