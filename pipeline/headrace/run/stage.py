"""One stage's work: its context is put together, its runner called, its failure made readable."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headrace import secrets
from headrace.errors import DamagedBlobError, HeadraceError, StageError
from headrace.run.keys import Question
from headrace.run.logs import open_log
from headrace.run.outcome import Outcome
from headrace.run.record import RunRecord
from headrace.run.world import git_state
from headrace.stages.contract import Log, RunInfo, Runner, StageContext, StageResult
from headrace.stages.kind import StageKind

if TYPE_CHECKING:
    from headrace.run.engine import Execution


@dataclass(frozen=True, slots=True)
class StageCall:
    """Everything that one call of a runner needs."""

    execution: Execution
    record: RunRecord
    kind: StageKind
    asked: Question
    inputs: Mapping[str, Path]
    out: Path
    outcomes: Mapping[str, Outcome]
    """What the stages before this one ended with."""

    def __call__(self) -> StageResult:
        """Call the runner; any failure becomes a HeadraceError without secrets, its report is kept."""
        stage = self.asked.stage
        config = secrets.resolve(stage.config)
        stored = secrets.values(stage.config)
        hidden = (*stored, *secrets.ambient())
        log = self._log(hidden)
        log.info("stage started", key=self.asked.key)
        try:
            result = self._runner()(self._context(config, log))
        except DamagedBlobError:
            raise
        except Exception as error:
            kept = self._keep_evidence()
            log.warning("stage failed", error=repr(error), exc_info=True, evidence=kept and str(kept))
            raise _readable(error, stage.name, hidden, kept) from secrets.cause(error, hidden)
        log.info("stage ended", facts=result.facts, refused=result.refused)
        self._keep_secret(stored, result)
        return result

    def _keep_secret(self, hidden: tuple[str, ...], result: StageResult) -> None:
        """Nothing that is stored may hold a secret."""
        if not hidden:
            return
        stored = {path.name: path.read_bytes() for path in self.out.rglob("*") if path.is_file()}
        stored["its facts"] = json.dumps(dict(result.facts), ensure_ascii=False).encode()
        for name, content in stored.items():
            if any(spelling.encode() in content for value in hidden for spelling in secrets.spellings(value)):
                raise StageError(
                    f"stage {self.asked.stage.name} would have stored a secret, in {name}",
                    remedy="use the secret where it reaches no result: an address's password, a notifier's URL",
                )

    def _runner(self) -> Runner:
        module, _, name = self.kind.runner.partition(":")
        runner: Runner = getattr(import_module(module), name)
        return runner

    def _context(self, config: Mapping[str, Any], log: Log) -> StageContext:
        project = self.execution.project
        return StageContext(
            config=config,
            inputs=self.inputs,
            out=self.out,
            observed=self.asked.observed,
            log=log,
            as_of=self.asked.as_of,
            run=self._run_info() if self.kind.effect else None,
            root=project.root,
            home=project.home,
        )

    def _log(self, hidden: tuple[str, ...]) -> Log:
        path = self.execution.project.home / "logs" / f"{self.record.run_id}.jsonl"
        return open_log(
            path,
            lambda line: secrets.redact(line, hidden),
            run_id=self.record.run_id,
            pipeline=self.record.pipeline,
            stage=self.asked.stage.name,
            pid=os.getpid(),
        )

    def _run_info(self) -> RunInfo:
        record, execution = self.record, self.execution
        return RunInfo(
            run_id=record.run_id,
            pipeline=record.pipeline,
            plan_digest=record.plan_digest,
            started=datetime.fromisoformat(record.started),
            facts={
                "as_of": record.as_of,
                "config_yaml": _as_yaml(execution.plan.spec),
                "plan": execution.plan.to_json(),
                "git": git_state(execution.project.root),
                "stages": [_stage_facts(outcome) for outcome in self.outcomes.values()],
                "overrides": list(execution.plan.overrides),
                "run_url": os.environ.get("HEADRACE_RUN_URL"),
                "parent_run": execution.parent_run() if execution.parent_run else None,
            },
        )

    def _keep_evidence(self) -> Path | None:
        """What a failed stage wrote, such as a validation report, outlives its workspace."""
        if not any(self.out.iterdir()):
            return None
        folder = self.execution.project.home / "failed" / self.record.run_id / self.asked.stage.name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.out, folder)
        return folder


def _stage_facts(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.name,
        "status": outcome.status,
        "seconds": outcome.seconds,
        "facts": dict(outcome.facts),
    }


def _as_yaml(spec: Mapping[str, Any]) -> str:
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(dict(spec), Dumper=dumper, sort_keys=False, allow_unicode=True)
    return text


def _readable(error: Exception, stage: str, hidden: tuple[str, ...], kept: Path | None) -> HeadraceError:
    """The error to show: our own as it is, any other with the stage and its type named."""
    more = f"what it wrote is in {kept}" if kept else ""
    if isinstance(error, HeadraceError):
        error.message = secrets.redact(error.message, hidden)
        error.remedy = "; ".join(part for part in (secrets.redact(error.remedy, hidden), more) if part)
        return error
    message = secrets.redact(f"stage {stage} failed: {type(error).__name__}: {error}", hidden)
    return StageError(message, remedy=more or "run again with --debug to see where")
