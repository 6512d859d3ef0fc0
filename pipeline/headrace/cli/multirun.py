"""`headrace run NAME -m …`: trials that share stages, and what came of them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass

from headrace.cli.progress import progress
from headrace.cli.run import end, moment
from headrace.errors import EXIT_FAILED, EXIT_OK
from headrace.models.metric_names import direction
from headrace.plan.loading import load
from headrace.plan.model import Plan
from headrace.project import Project
from headrace.run import Execution, RunReport
from headrace.run.record import new_run_id
from headrace.sweep.multirun import sweep
from headrace.sweep.parent import SweepRun

#: A trial explores: it decides on no champion.
_TRIAL_WITHOUT = frozenset({"gate", "register", "promote"})


@dataclass(frozen=True, slots=True)
class Trial:
    """One combination of values, and what came of it."""

    overrides: tuple[str, ...]
    plan: Plan
    report: RunReport

    @property
    def score(self) -> float | None:
        """The pipeline's first metric on the validation part, or on the test part where there is none."""
        scores = self.report.facts("evaluate")
        values = scores.get("validation") or scores.get("test") or {}
        return next(iter(values.values()), None)


def multirun(project: Project, arguments: argparse.Namespace) -> int:
    """Run every trial, each an MLflow child of one parent run; then show them, best first."""
    parent = SweepRun(new_run_id(f"{arguments.pipeline}-sweep"), project)
    trials: list[Trial] = []

    def run_trial(overrides: Sequence[str]) -> None:
        plan = load(project, arguments.pipeline, overrides).require()
        if not arguments.json:
            print(f"\ntrial {len(trials) + 1}: {' '.join(overrides)}")
        with progress(plan, quiet=arguments.json) as listen:
            execution = Execution(
                plan,
                project,
                as_of=moment(arguments.as_of),
                listen=listen,
                parent_run=lambda: parent.open(plan),
                without=_TRIAL_WITHOUT,
            )
            report = execution.run()
        trials.append(Trial(tuple(overrides), plan, report))
        end(report, plan, debug=arguments.debug)

    scratch = project.home / "multirun" / parent.run_id
    sweep(project.root, arguments.pipeline, arguments.overrides, scratch, run_trial)
    ranked = _ranked(trials)
    if ranked:
        parent.close(ranked[0].overrides, ranked[0].score)
    if arguments.json:
        document = {"pipeline": arguments.pipeline, "sweep": parent.run_id, "trials": [_as_json(t) for t in ranked]}
        print(json.dumps(document, ensure_ascii=False))
    else:
        print("\n".join(_table(arguments.pipeline, ranked)))
    return EXIT_FAILED if any(trial.report.error for trial in trials) else EXIT_OK


def _ranked(trials: list[Trial]) -> list[Trial]:
    if not trials:
        return []
    spec = trials[0].plan.spec
    metrics = spec["metrics"]
    sign = -1.0 if metrics and direction(spec["task"], metrics[0]) == "max" else 1.0
    return sorted(trials, key=lambda trial: float("inf") if trial.score is None else sign * trial.score)


def _as_json(trial: Trial) -> dict[str, object]:
    return {"overrides": list(trial.overrides), "score": trial.score, **trial.report.to_json()}


def _table(pipeline: str, ranked: list[Trial]) -> list[str]:
    if not ranked:
        return ["no trials"]
    spec = ranked[0].plan.spec
    metric = spec["metrics"][0] if spec["metrics"] else "score"
    part = "validation" if ranked[0].report.facts("evaluate").get("validation") else "test"
    lines = ["", f"{len(ranked)} trials, best first ({metric} on the {part} part):"]
    for trial in ranked:
        score = "failed" if trial.score is None else f"{trial.score:.4f}"
        lines.append(f"  {score:>8}  {' '.join(trial.overrides)}")
    best = " ".join(ranked[0].overrides)
    return [*lines, "", "next:", f"  headrace run {pipeline} {best}    gate and register the best one"]
