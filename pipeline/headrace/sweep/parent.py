"""The MLflow run that the trials of a sweep are children of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from headrace import secrets
from headrace.plan.model import Plan
from headrace.project import Project
from headrace.tracking import Projection, RunKey, Settings, ensure_run, project, tracking_settings


class SweepRun:
    """Opened by the first trial that has something to track, closed at the end of the sweep."""

    def __init__(self, run_id: str, project: Project) -> None:
        self.run_id = run_id
        self._project = project
        self._opened: tuple[Settings, RunKey, str] | None = None

    def open(self, plan: Plan) -> str:
        """MLflow's id of the parent run. Raises ServiceError."""
        if self._opened is None:
            config = secrets.resolve(plan.stage("track").config)
            settings = tracking_settings(config, self._project.home, root=self._project.root)
            key = RunKey(self.run_id, plan.pipeline, datetime.now(UTC), owner=str(plan.spec["owner"]))
            self._opened = (settings, key, ensure_run(settings, key).mlflow_run_id)
        return self._opened[2]

    def close(self, best: Sequence[str], score: float | None) -> None:
        """Say which trial was best, and end the run, if it was opened. Raises ServiceError."""
        if self._opened is None:
            return
        settings, key, _ = self._opened
        metrics = {} if score is None else {"best_score": score}
        project(settings, key, Projection(tags={"headrace.best_trial": " ".join(best)}, metrics=metrics))
