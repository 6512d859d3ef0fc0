"""What is predicted, from what, by which estimator, and what counts as good enough."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from headrace.config.schema.strict import Duration, Names, Part

Task = Literal["binary", "multiclass", "regression"]
Share = Annotated[float, Field(gt=0, lt=1)]


class Target(Part):
    """The column to predict."""

    column: str
    positive: str | int | float | bool | None = None
    """Binary: the value that counts as the event."""


class Features(Part):
    """The columns that the model sees, by how they are treated."""

    numeric: Names = ()
    categorical: Names = ()

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
    column: str
    test: Duration
    validation: Duration | None = None


class RandomSplit(Part):
    """Rows fall into parts by a hash of their id."""

    method: Literal["random"]
    test: Share
    validation: Share | None = None


class StratifiedSplit(Part):
    """As random, drawn apart within each value of a column, and each value must reach every part."""

    method: Literal["stratified"]
    column: str | None = None
    """The column to stratify by; the target if not given."""
    test: Share
    validation: Share | None = None


class GroupedSplit(Part):
    """Rows that share a value stay together."""

    method: Literal["grouped"]
    column: str
    test: Share
    validation: Share | None = None


Split = Annotated[TimeSplit | RandomSplit | StratifiedSplit | GroupedSplit, Field(discriminator="method")]


class NumericPreprocessing(Part):
    """How numeric columns reach the estimator."""

    impute: Literal["none", "mean", "median"] = "none"
    scale: Literal["none", "standard", "min_max"] = "none"


class CategoricalPreprocessing(Part):
    """How categorical columns reach the estimator."""

    encode: Literal["one_hot", "ordinal"] = "one_hot"
    min_frequency: Annotated[int, Field(ge=1)] | None = None
    """Categories rarer than this many rows are treated as one."""


class Preprocessing(Part):
    """What happens to the features before the estimator."""

    numeric: NumericPreprocessing = NumericPreprocessing()
    categorical: CategoricalPreprocessing = CategoricalPreprocessing()


class EarlyStopping(Part):
    """Stop adding trees when the validation part no longer improves."""

    rounds: Annotated[int, Field(ge=1)]


class Model(Part):
    """An estimator by its import path, and its parameters."""

    type: str
    params: dict[str, Any] = Field(default_factory=dict)
    preprocessing: Preprocessing = Preprocessing()
    early_stopping: EarlyStopping | None = None


class ThresholdGate(Part):
    """A metric on the test part must reach a bound."""

    metric: str
    min: float | int | None = None
    max: float | int | None = None

    @model_validator(mode="after")
    def _bounded(self) -> ThresholdGate:
        if self.min is None and self.max is None:
            raise ValueError("a gate needs min, max, or a baseline to compare with")
        return self


class BaselineGate(Part):
    """A metric must not be worse than the champion's, or the naive baseline's, on the same rows."""

    metric: str
    baseline: Literal["champion", "naive"]
    max_degradation: Annotated[float, Field(ge=0, strict=False)] = 0.0
    """How much worse it may be, in the metric's own unit."""
    min_improvement: Annotated[float, Field(ge=0, strict=False)] | None = None
    """How much better it must be, in the metric's own unit."""
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
