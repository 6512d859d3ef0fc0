"""A small project on disk, whose files a test changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from headrace.config.check import Checked
from headrace.config.composed import Composed
from headrace.config.schema import Spec
from headrace.config.spec import compile_spec
from headrace.errors import ConfigError, Diagnostic

FILES = {
    "conf/config.yaml": """\
defaults:
  - schedule: manual
  - _self_
seed: 0
owner: nobody
model_packages: []
""",
    "conf/schedule/manual.yaml": "cron: null\n",
    "conf/schedule/daily.yaml": 'cron: "@daily"\nstart: 2013-01-01\n',
    "conf/dataset/flights.yaml": """\
sources:
  flights: {type: csv, path: data/flights.csv, columns: [id, distance, carrier, day, delay]}
  weather: {type: csv, path: data/weather.csv}
transform: {type: sql, file: flights.sql}
row_id: [id]
""",
    "conf/dataset/flights.sql": """\
SELECT f.id, f.distance, w.temp, f.carrier, f.day, f.delay > 15 AS late
FROM flights f LEFT JOIN weather w USING (day);
""",
    "conf/model/forest.yaml": """\
type: sklearn.ensemble.RandomForestClassifier
params: {n_estimators: 200, max_depth: null}
""",
    "conf/model/boosted.yaml": """\
type: xgboost.XGBClassifier
params:
  n_estimators: 300
  max_bin: null
early_stopping: {rounds: 20}
""",
    "conf/pipeline/late.yaml": """\
# @package _global_
defaults:
  - /dataset: flights
  - /model: boosted
  - override /schedule: daily
  - _self_
task: binary
target: {column: late, positive: true}
features:
  numeric: [distance, temp]
  categorical: [carrier]
split: {method: time, column: day, test: 30d, validation: 30d}
model:
  params: {max_bin: 128}
metrics: [roc_auc, log_loss]
gates:
  - {metric: roc_auc, min: 0.65}
""",
}


@dataclass(frozen=True)
class ProjectFolder:
    """A project's folder; `late` is the pipeline that its files describe."""

    root: Path

    @property
    def conf(self) -> Path:
        return self.root / "conf"

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def edit(self, name: str, before: str, after: str) -> None:
        text = (self.root / name).read_text()
        assert before in text, f"{before!r} is not in {name}"
        (self.root / name).write_text(text.replace(before, after, 1))

    def compose(self, *overrides: str, pipeline: str = "late") -> Composed:
        from headrace.config.compose import compose

        return compose(self.conf, pipeline, overrides, self.root)

    def compile(self, *overrides: str, pipeline: str = "late") -> tuple[Spec, Composed]:
        checked = self.check(*overrides, pipeline=pipeline)
        return checked.spec, checked.composed

    def check(self, *overrides: str, pipeline: str = "late") -> Checked:
        return compile_spec(self.conf, self.root, pipeline, overrides)

    def problems(self, *overrides: str, pipeline: str = "late") -> tuple[Diagnostic, ...]:
        with pytest.raises(ConfigError) as caught:
            self.compile(*overrides, pipeline=pipeline)
        return caught.value.diagnostics

    def problem(self, *overrides: str, pipeline: str = "late") -> Diagnostic:
        (found,) = self.problems(*overrides, pipeline=pipeline)
        return found
