"""Trains and evaluates for tests: tables in, the stages' own outputs out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from headrace.stages import evaluate, train
from headrace.stages.contract import StageContext, StageResult


@dataclass
class Notes:
    """Keeps what a stage logs."""

    warnings: list[dict[str, Any]] = field(default_factory=list)

    def info(self, event: str, **facts: Any) -> None:
        """Nothing here looks at it."""

    def warning(self, event: str, **facts: Any) -> None:
        self.warnings.append({"event": event, **facts})


@dataclass
class Learning:
    """A folder with the parts of a table, and the slice that train and evaluate share."""

    folder: Path
    task: str
    target: str
    features: Mapping[str, list[str]]
    positive: Any = None
    seed: int = 0
    log: Notes = field(default_factory=Notes)

    def write(self, **parts: pd.DataFrame) -> Learning:
        for name, frame in parts.items():
            frame.to_parquet(self.folder / f"{name}.parquet")
        return self

    def train(
        self, model: str, params: Mapping[str, Any] | None = None, out: str = "model", **rest: Any
    ) -> StageResult:
        packages = rest.pop("model_packages", [])
        slice_ = {"type": model, "params": dict(params or {}), **rest}
        config = {**self._shared(), "features": dict(self.features), "model": slice_, "model_packages": packages}
        return train.run(self._context(config, self._parts("train", "validation"), out))

    def evaluate(self, *metrics: str, model: str = "model", out: str = "report", row_id: Any = None) -> StageResult:
        inputs = self._parts("train", "validation", "test")
        inputs |= {"model": self.folder / model / "model.skops", "model_info": self.folder / model / "model.json"}
        config = {**self._shared(), "metrics": list(metrics), "row_id": row_id}
        return evaluate.run(self._context(config, inputs, out))

    def info(self, model: str = "model") -> dict[str, Any]:
        return read_json(self.folder / model / "model.json")

    def _shared(self) -> dict[str, Any]:
        target = {"column": self.target, "positive": self.positive}
        return {"task": self.task, "target": target, "seed": self.seed}

    def _parts(self, *names: str) -> dict[str, Path]:
        paths = {name: self.folder / f"{name}.parquet" for name in names}
        return {name: path for name, path in paths.items() if path.exists()}

    def _context(self, config: dict[str, Any], inputs: dict[str, Path], out: str) -> StageContext:
        folder = self.folder / out
        folder.mkdir()
        return StageContext(config=config, inputs=inputs, out=folder, observed={}, log=self.log)


def read_json(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def late_flights(rows: int, seed: int = 0, gaps: float = 0.1) -> pd.DataFrame:
    """Flights that are late more often in the evening, in wind and with one carrier; some wind is not known."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "flight": np.arange(rows),
            "hour": random.integers(5, 24, rows),
            "wind": random.gamma(2.0, 4.0, rows),
            "carrier": random.choice(["AA", "B6", "UA", "WN"], rows),
        }
    )
    risk = (frame.hour - 14) / 4 + (frame.wind - 8) / 8 + (frame.carrier == "B6")
    frame["late"] = random.random(rows) < 1 / (1 + np.exp(-risk))
    frame["delay"] = 10 * risk + random.normal(0, 5, rows)
    frame["kind"] = pd.cut(frame.delay, [-np.inf, -5, 10, np.inf], labels=["early", "normal", "bad"]).astype(str)
    frame.loc[random.random(rows) < gaps, "wind"] = np.nan
    return frame


def flights_learning(folder: Path, task: str = "binary", rows: int = 600, **changes: Any) -> Learning:
    """A learning problem on `late_flights`, its three parts written."""
    target = {"binary": "late", "multiclass": "kind", "regression": "delay"}[task]
    settings = {
        "positive": True if task == "binary" else None,
        "features": {"numeric": ["hour", "wind"], "categorical": ["carrier"]},
        **changes,
    }
    learning = Learning(folder, task, target, **settings)
    return learning.write(
        train=late_flights(rows, 1), validation=late_flights(rows // 3, 2), test=late_flights(rows // 2, 3)
    )
