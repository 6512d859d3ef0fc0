"""A whole pipeline, as composed from YAML."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from headrace.config.schema.dataset import Dataset
from headrace.config.schema.modelling import Features, Gates, Model, Split, Target, Task
from headrace.config.schema.operation import Notifiers, Registry, Runtime, Schedule, Tracking
from headrace.config.schema.strict import Names, Part
from headrace.config.schema.validation import Validation


class Spec(Part):
    """One pipeline. A part that is absent has no stages: a pipeline without a model only prepares data."""

    name: str
    """The pipeline's file name without `.yaml`."""
    description: str = ""
    owner: str = "nobody"
    tags: Names = ()
    dataset: Dataset
    validation: Validation = Field(default_factory=dict)
    task: Task | None = None
    target: Target | None = None
    features: Features | None = None
    split: Split | None = None
    model: Model | None = None
    model_packages: Names = ()
    """Import roots, besides scikit-learn and XGBoost, that `model.type` may name."""
    data_roots: Names = ()
    """Folders, besides the project, that sources may read; written in conf/config.yaml or conf/env/."""
    metrics: Names = ()
    gates: Gates = ()
    registry: Registry | None = Registry()
    tracking: Tracking = Tracking()
    schedule: Schedule = Schedule()
    runtime: Runtime = Runtime()
    notify: Notifiers = ()
    seed: Annotated[int, Field(ge=0)] = 0
    home: str = ".headrace"
    """Folder for the store, the MLflow database and pages, relative to the project."""

    @model_validator(mode="after")
    def _complete(self) -> Spec:
        if self.model is None:
            return self
        parts = {"task": self.task, "target": self.target, "features": self.features, "split": self.split}
        missing = [name for name, value in parts.items() if value is None]
        if missing:
            raise ValueError(f"a pipeline with a model also needs {', '.join(missing)}")
        return self
