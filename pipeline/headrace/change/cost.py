"""What running the changed stages will cost, from what they cost before, with how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from headrace.change.document import Cost
from headrace.plan.model import Plan
from headrace.project import Project
from headrace.store import LocalStore
from headrace.tracking.history import MOST_RUNS, History, stage_history
from headrace.tracking.settings import Settings, tracking_settings


def cost(project: Project, before: Plan | None, after: Plan, stages: Sequence[str]) -> Cost:
    """Seconds of these stages: the sum of their medians, between the sums of the shortest and the longest.

    Measured are stages that ran, in the run records of the project's store and in MLflow; a run that both know counts
    once. Nothing is created where there is none.
    """
    known_as = before or after
    told = stage_history(_settings(project, known_as))
    measured = {**told.seconds, **recorded(project, known_as.pipeline)}
    by_stage = {name: [seconds for (_, stage), seconds in measured.items() if stage == name] for name in stages}
    known = {name: values for name, values in by_stage.items() if values}
    notes = tuple(_notes(before, after, told, known))
    unknown = tuple(name for name in stages if name not in known)
    if not known:
        return Cost(None, None, None, 0, unknown, notes)
    return Cost(
        seconds=round(sum(median(values) for values in known.values()), 3),
        low=round(sum(min(values) for values in known.values()), 3),
        high=round(sum(max(values) for values in known.values()), 3),
        runs=min(len(values) for values in known.values()),
        unknown=unknown,
        notes=notes,
    )


def recorded(project: Project, pipeline: str) -> Mapping[tuple[str, str], float]:
    """(run id, stage) -> seconds, of the newest runs that the project's store remembers."""
    folder = project.home / "store"
    if not (folder / "runs").is_dir():
        return {}
    store = LocalStore(folder)
    runs = [name for name, record in store.documents("runs") if record.get("pipeline") == pipeline]
    return {
        (run, stage): float(noted["seconds"])
        for run in sorted(runs)[-MOST_RUNS:]
        for stage, noted in store.documents(f"runs/{run}")
        if noted.get("status") == "ran" and isinstance(noted.get("seconds"), int | float)
    }


def _settings(project: Project, plan: Plan) -> Settings:
    config = {"tracking": plan.spec["tracking"], "pipeline": plan.pipeline}
    return tracking_settings(config, project.home, root=project.root)


def _notes(before: Plan | None, after: Plan, told: History, known: Mapping[str, object]) -> Iterator[str]:
    if told.problem:
        yield told.problem
    if before is None or "train" not in known:
        return
    old, new = before.spec["model"], after.spec["model"]
    if old and new and old["type"] != new["type"]:
        yield f"training was measured with {old['type'].rpartition('.')[2]}"
    if before.spec["dataset"] != after.spec["dataset"]:
        yield "measured on the data as it was declared before"
