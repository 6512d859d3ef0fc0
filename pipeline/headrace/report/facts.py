"""What a page shows, as typed documents. Every part may be absent: a page tells what is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Direction = Literal["max", "min"]
Scores = dict[str, float | None]
#: A registry counts versions, and some of its clients write them as numbers.
VersionName = Annotated[str, BeforeValidator(str)]


class Document(BaseModel):
    """Base of every document: frozen, and indifferent to keys that a page does not show."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Metrics(Document):
    """`metrics.json` of evaluate."""

    test: Scores = Field(default_factory=dict)
    validation: Scores = Field(default_factory=dict)
    baseline: Scores = Field(default_factory=dict)
    """The naive baseline's, on the test part."""
    direction: dict[str, Direction] = Field(default_factory=dict)
    rows: dict[str, int] = Field(default_factory=dict)


class Gate(Document):
    """One gate of `gates.json`."""

    metric: str
    kind: Literal["threshold", "champion", "naive"] = "threshold"
    rule: str = ""
    value: float | None = None
    bound: float | None = None
    passed: bool
    reason: str = ""


class Champion(Document):
    """Who a model was held against, with metrics on the same rows."""

    version: VersionName
    metrics: Scores = Field(default_factory=dict)


class Gates(Document):
    """`gates.json` of gate."""

    passed: bool
    gates: tuple[Gate, ...] = ()
    champion: Champion | None = None


class FeatureNames(Document):
    """Features by how they are treated."""

    numeric: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()


class TargetName(Document):
    """What is predicted."""

    column: str | None = None
    positive: Any = None


class Training(Document):
    """How training went."""

    best_iteration: int | None = None
    history: Any = None
    """A list of losses, or such lists by name at any depth."""


class ModelInfo(Document):
    """`model.json` of train."""

    task: str | None = None
    estimator: str = ""
    features: FeatureNames = FeatureNames()
    target: TargetName = TargetName()
    params: dict[str, Any] = Field(default_factory=dict)
    requirements: tuple[str, ...] = ()
    training: Training = Training()


class Check(Document):
    """One check of a validation report."""

    column: str | None = None
    check: str
    severity: Literal["error", "warn"] = "error"
    passed: bool
    failures: int | None = None
    examples: tuple[Any, ...] = ()


class TableChecks(Document):
    """What was checked on one table."""

    rows: int | None = None
    columns: int | None = None
    checks: tuple[Check, ...] = ()


class ColumnOrigin(Document):
    """Where a column of a table comes from; None is unknown, which is not the same as nowhere."""

    sources: tuple[str, ...] | None = None


class SourceFile(Document):
    """One file of a source's snapshot."""

    path: str = ""
    digest: str = ""
    size: int | None = None


class SourceFacts(Document):
    """What ingest saw of one source."""

    rows: int | None = None
    columns: int | None = None
    newest: str | None = None
    files: tuple[SourceFile, ...] = ()


class SplitFacts(Document):
    """How the rows were dealt out."""

    method: str = ""
    rows: dict[str, int] = Field(default_factory=dict)
    starts: dict[str, str | None] = Field(default_factory=dict, alias="from")
    ends: dict[str, str | None] = Field(default_factory=dict, alias="to")


class Version(Document):
    """`version.json` of register."""

    name: str
    version: VersionName
    mlflow_run_id: str | None = None
    model_uri: str | None = None


class Promotion(Document):
    """`promotion.json` of promote."""

    alias: str = "champion"
    version: VersionName
    previous: Annotated[str | None, BeforeValidator(lambda value: None if value is None else str(value))] = None
    promoted: bool
    reason: str = ""


class StageFacts(Document):
    """What became of one stage."""

    name: str
    status: str
    seconds: float = 0.0
    facts: Mapping[str, Any] = Field(default_factory=dict)


class Git(Document):
    """The project's repository when the run began."""

    commit: str | None = None
    dirty: bool = False


class MlflowRun(Document):
    """Where the run is tracked."""

    mlflow_run_id: str | None = None
    experiment_id: Annotated[str | None, BeforeValidator(lambda value: None if value is None else str(value))] = None
    tracking_uri: str | None = None
    url: str | None = None
    """The run in the server's own pages."""


class PageFacts(Document):
    """Everything that a page is made of."""

    pipeline: str
    run_id: str
    started: datetime
    plan_digest: str = ""
    description: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    as_of: datetime | None = None
    config_yaml: str = ""
    spec: Mapping[str, Any] = Field(default_factory=dict)
    """The pipeline's configuration as the plan has it."""
    git: Git = Git()
    stages: tuple[StageFacts, ...] = ()
    overrides: tuple[str, ...] = ()
    parent_run: str | None = None
    run_url: str | None = None
    """Page of the run in the scheduler that started it."""
    sources: dict[str, SourceFacts] = Field(default_factory=dict)
    validation: dict[str, TableChecks] = Field(default_factory=dict)
    table: TableChecks | None = None
    """Rows and columns of the transform's table."""
    lineage: dict[str, ColumnOrigin] | None = None
    """Of the columns of that table; None without a transform."""
    split: SplitFacts | None = None
    model: ModelInfo | None = None
    fit_seconds: float | None = None
    metrics: Metrics | None = None
    curves: Mapping[str, Any] = Field(default_factory=dict)
    pictures: Mapping[str, str] = Field(default_factory=dict)
    """SVG text by name without `.svg`."""
    gates: Gates | None = None
    version: Version | None = None
    promotion: Promotion | None = None
    mlflow: MlflowRun = MlflowRun()

    @property
    def task(self) -> str | None:
        """The task of the model; None in a pipeline without one."""
        return self.model.task if self.model else None

    def configured(self, *path: str) -> Any:
        """A value of the configuration; None where it, or a parent of it, is absent."""
        value: Any = self.spec
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    @property
    def rival(self) -> Champion | None:
        """The version that this one is held against; None if there is none, or it is this one."""
        champion = self.gates.champion if self.gates else None
        if champion is None or (self.version is not None and champion.version == self.version.version):
            return None
        return champion

    @property
    def alias(self) -> str:
        """The alias that production follows."""
        return self.promotion.alias if self.promotion else str(self.configured("registry", "alias") or "champion")
