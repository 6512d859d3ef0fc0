"""A whole pipeline, as composed from YAML."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from headrace.config.schema.dag import Dag
from headrace.config.schema.dataset import Dataset
from headrace.config.schema.holes import ForEach, Parameter
from headrace.config.schema.modelling import Features, Gates, Model, Split, Target, Task
from headrace.config.schema.notifiers import Notifiers
from headrace.config.schema.operation import Registry, Tracking
from headrace.config.schema.runtime import Runtime
from headrace.config.schema.schedule import Schedule
from headrace.config.schema.strict import Names, Part
from headrace.config.schema.tasks import Tasks
from headrace.config.schema.validation import Validation


class Spec(Part):
    """One pipeline. A part that is absent has no stages: a pipeline without a model only prepares data."""

    name: str
    """The pipeline's file name without `.yaml`.

    Example: `flight_delays`
    """
    description: str = ""
    """One sentence for lists, pages and DAGs: the question that the model answers.

    Example: `Will a flight from New York arrive more than 15 minutes late?`
    """
    owner: str = "nobody"
    """The person or team that answers for it.

    Example: `ml-team`
    """
    tags: Names = ()
    """Words to find the DAG by.

    Example: `[flights, daily]`
    """
    dataset: Dataset
    """Where the table comes from."""
    validation: Validation = Field(default_factory=dict)
    """What tables must be like, by the name of the source, or `table` for the transform's result.

    Example: `{table: {rows: {min: 1000}}}`
    """
    task: Task | None = None
    """What kind of answer the model gives: one of two, one of several, or a number."""
    target: Target | None = None
    """What is predicted.

    Example: `{column: arrived_late, positive: true}`
    """
    features: Features | None = None
    """What it is predicted from.

    Example: `{numeric: [distance], categorical: [carrier]}`
    """
    split: Split | None = None
    """Which rows teach, which tune and which judge.

    Example: `{method: time, column: flight_date, test: 30d, validation: 30d}`
    """
    model: Model | None = None
    """The estimator."""
    model_packages: Names = ()
    """Import roots, besides scikit-learn and XGBoost, that `model.type` and notifiers of type `function` may name.

    Example: `[lightgbm]`
    """
    data_roots: Names = ()
    """Folders, besides the project, that sources may read; written in conf/config.yaml or conf/env/.

    Example: `[/mnt/warehouse]`
    """
    schedule_packages: Names = ()
    """Import roots, besides Airflow's, that `schedule.timetable` may name; written in conf/config.yaml or conf/env/.

    Example: `[acme]`
    """
    metrics: Names = ()
    """Metrics of the task, computed on each part.

    Example: `[roc_auc, log_loss]`
    """
    gates: Gates = ()
    """What must hold before a new version may replace the champion: all of them.

    Example: `[{metric: roc_auc, min: 0.65}]`
    """
    registry: Registry | None = Registry()
    """Where models are registered; null: they are not.

    Example: `{alias: champion}`
    """
    tracking: Tracking = Tracking()
    """The MLflow that runs are tracked in."""
    schedule: Schedule = Schedule()
    """When Airflow starts a run."""
    runtime: Runtime = Runtime()
    """How Airflow runs a stage."""
    dag: Dag = Dag()
    """How Airflow shows the DAG, and what it holds its runs to."""
    tasks: Tasks = Field(default_factory=dict)
    """What else Airflow does in a run, before, after or between the stages, by the name of the task.

    Example: `{refresh: {function: shop.hooks.refresh, after: promote}}`
    """
    operator_packages: Names = ()
    """Import roots, besides Airflow's standard operators and the project's `src/`, that `tasks` may name an operator
    of; written in conf/config.yaml or conf/env/.

    Example: `[airflow.providers.amazon]`
    """
    notify: Notifiers = ()
    """Who hears of failures, refusals and other events.

    Example: `[{type: log}]`
    """
    for_each: ForEach | None = None
    """One model for each of these, all from this pipeline: names and the values that they stand for in `${each:NAME}`.

    Several names: every combination. A list of mappings: these combinations.
    Example: `{carrier: [UA, AA, DL]}`, or `[{carrier: UA, origin: EWR}, {carrier: AA, origin: JFK}]`
    """
    member: str | None = None
    """Which of `for_each` a plan was filled for; filled in by the run, not written in YAML."""
    params: dict[str, Parameter] = Field(default_factory=dict)
    """Values that whoever starts a run in Airflow may choose, by the name that the form gives them.

    Example: `{rounds: {at: model.params.n_estimators, min: 50, max: 2000}}`
    """
    seed: Annotated[int, Field(ge=0)] = 0
    """What random choices start from: equal seeds give equal results.

    Example: `42`
    """
    home: str = ".headrace"
    """Folder for the store, the MLflow database and pages, relative to the project.

    Example: `.headrace`
    """

    @model_validator(mode="after")
    def _complete(self) -> Spec:
        if self.model is None:
            return self
        parts = {"task": self.task, "target": self.target, "features": self.features, "split": self.split}
        missing = [name for name, value in parts.items() if value is None]
        if missing:
            raise ValueError(f"a pipeline with a model also needs {', '.join(missing)}")
        return self
