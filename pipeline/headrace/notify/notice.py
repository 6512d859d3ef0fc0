"""What happened to a run, in words that a person understands without looking anything up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Event = Literal["failed", "refused", "retrying", "succeeded", "deadline"]

_HEADLINES: dict[Event, str] = {
    "failed": "{pipeline} failed at {stage}",
    "refused": "{pipeline} was refused by a gate",
    "retrying": "{pipeline} failed at {stage} and tries again",
    "succeeded": "{pipeline} succeeded",
    "deadline": "{pipeline} has missed its deadline",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One event of one run."""

    event: Event
    pipeline: str
    stage: str
    run_id: str
    message: str
    """The cause: the error's own message, or the gate's reason."""
    place: str = ""
    """`file:line:column` of the configuration at fault, where there is one."""
    remedy: str = ""
    consequence: str = "the champion stays"
    champion: str = ""
    """The version that production follows, as far as is known without asking: `version 3 of churn`."""
    mlflow: str = ""
    """Address of the MLflow run, or its id where no server shows it; empty if there is none yet."""
    log: str = ""
    """Address of the task's log."""

    @property
    def headline(self) -> str:
        """One line: what happened to which run, and what that means for production."""
        what = _HEADLINES[self.event].format(pipeline=self.pipeline, stage=self.stage)
        meant = f"{self.consequence} ({self.champion})" if self.consequence and self.champion else self.consequence
        return f"{what} ({self.run_id})" + (f"; {meant}" if meant else "")

    def text(self) -> str:
        """One paragraph: the headline, the cause, what to do, and where to look."""
        lines = [self.headline]
        if self.message:
            lines.append(f"{self.place}: {self.message}" if self.place else self.message)
        named = {"remedy": self.remedy, "MLflow run": self.mlflow, "log": self.log}
        return "\n".join([*lines, *(f"{name}: {value}" for name, value in named.items() if value)])

    def as_json(self) -> dict[str, Any]:
        """What a webhook is sent; `text` is what chat services show."""
        return {
            "text": self.text(),
            "event": self.event,
            "pipeline": self.pipeline,
            "stage": self.stage,
            "run_id": self.run_id,
            "message": self.message,
            "place": self.place,
            "remedy": self.remedy,
            "consequence": self.consequence,
            "champion": self.champion,
            "mlflow": self.mlflow,
            "log": self.log,
        }
