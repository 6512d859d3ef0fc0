"""Plans that are made without composing YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from headrace.config.check import check
from headrace.config.composed import Composed
from headrace.config.each import quietly
from headrace.config.schema.spec import Spec
from headrace.errors import Place
from headrace.plan.build import build_plan
from headrace.plan.model import Plan

FLIGHTS: dict[str, Any] = {
    "name": "flights",
    "description": "Will a flight be late?",
    "owner": "ml-team",
    "tags": ["travel"],
    "dataset": {
        "sources": {"flights": {"type": "csv", "path": "flights.csv"}, "planes": {"type": "csv", "path": "planes.csv"}},
        "transform": {"type": "sql", "query": "SELECT * FROM flights JOIN planes USING (tailnum)"},
    },
    "validation": {"flights": {"rows": {"min": 1}}, "table": {"rows": {"min": 1}}},
    "task": "binary",
    "target": {"column": "late", "positive": True},
    "features": {"numeric": ["distance"], "categorical": ["carrier"]},
    "split": {"method": "time", "column": "day", "test": "30d", "validation": "30d"},
    "model": {"type": "sklearn.linear_model.LogisticRegression", "params": {"C": 1.0}},
    "metrics": ["roc_auc"],
    "gates": [{"metric": "roc_auc", "min": 0.65}],
    "schedule": {"cron": "0 6 * * *", "timezone": "America/New_York", "start": "2024-01-01", "end": "2024-12-31"},
    "runtime": {"retries": 3, "retry_delay": "30s", "timeout": "1h", "env": {"OMP_NUM_THREADS": "2"}},
    "notify": [{"type": "log"}, {"type": "webhook", "url": "${secret:ALERT_URL}", "timeout": "5s"}],
}
#: The project that these plans are of; nothing is read from it.
ROOT = Path("/project")
PLACES = {
    "name": Place("conf/pipeline/flights.yaml", 1, 1),
    "schedule": Place("conf/pipeline/flights.yaml", 20, 1),
    "schedule.cron": Place("conf/schedule/daily.yaml", 2, 7),
    "model.type": Place("conf/model/logistic_regression.yaml", 1, 7),
}


def open_plan(**changes: Any) -> Plan:
    """The flights pipeline as many models: a plan with holes, made as compiling makes it."""
    values = {**FLIGHTS, "for_each": {"carrier": ["UA", "AA"]}, **changes}
    if "dataset" not in changes:
        values["dataset"] = {**FLIGHTS["dataset"], "where": {"carrier": "${each:carrier}"}}
    checked = check(Composed(values, dict(PLACES), (), root=ROOT), "flights")
    plan: Plan = quietly(lambda: build_plan(checked.spec, PLACES))
    return plan


def plan_of(**changes: Any) -> Plan:
    """The flights pipeline, with other parts."""
    return build_plan(Spec.model_validate({**FLIGHTS, **changes}), PLACES, notes=["a note on _composition_"])
