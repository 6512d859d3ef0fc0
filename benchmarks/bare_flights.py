"""The work of the first `headrace run flight_delays` as one script, as an engineer writes it who knows these libraries.

It reads, checks, joins, splits, trains, evaluates, paints, logs, registers and promotes, and keeps nothing between
steps: no snapshots, no cache, no page. Everything goes to the folder that it is started in. It prints its metrics.
"""

from __future__ import annotations

import json
import sys
import zipfile
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import mlflow
import numpy as np
import pandas as pd
import pandera.polars as pa
import polars as pl
import skops.io
from matplotlib.figure import Figure
from mlflow.entities import Metric, Param
from mlflow.models import infer_signature
from pandera.api.polars.types import PolarsData
from pandera.errors import SchemaErrors
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.inspection import permutation_importance
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder
from xgboost import XGBClassifier

from flights_data import flights_files

NAME = "flight_delays"
SQL = Path(__file__).resolve().parents[1] / "conf" / "dataset" / "flights.sql"
NUMERIC = [
    "departure_minute",
    "distance",
    "plane_year",
    "seats",
    "temp",
    "humid",
    "wind_speed",
    "visib",
    "precip",
    "pressure",
]
CATEGORICAL = ["carrier", "origin", "dest"]
FEATURES = NUMERIC + CATEGORICAL
TARGET = "arrived_late"
PART = timedelta(days=30)
PARAMS: dict[str, Any] = {"n_estimators": 500, "learning_rate": 0.1, "max_depth": 4, "tree_method": "hist"}
ROUNDS = 20
SEED = 42
REQUIRED = ("mlflow", "numpy", "pandas", "scikit-learn", "skops", "xgboost")
IMPORTANCE_ROWS = 2_564
IMPORTANCE_REPEATS = 3
Scores = dict[str, float]


def read() -> dict[str, pl.DataFrame]:
    """The three tables, from the files of a package that is not imported."""
    files = flights_files()
    with zipfile.ZipFile(files["flights"]) as archive:
        flights = archive.read(archive.namelist()[0])
    sources: dict[str, bytes | Path] = {**files, "flights": flights}
    tables = {name: pl.read_csv(file, null_values="NA", infer_schema_length=10_000) for name, file in sources.items()}
    hour = pl.col("time_hour").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")
    return {name: table.with_columns(hour) if "time_hour" in table.columns else table for name, table in tables.items()}


def rows(at_least: int) -> pa.Check:
    """There must be so many rows."""

    def enough(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.len() >= at_least)

    return pa.Check(enough, name="rows")


def nulls(share: float, *, warn: bool = False) -> pa.Check:
    """No more than that share of a column's values may be missing."""

    def few(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col(data.key).is_null().mean() <= share)

    return pa.Check(few, name="nulls", raise_warning=warn, ignore_na=False)


RULES = {
    "flights": pa.DataFrameSchema(
        {
            "time_hour": pa.Column(pl.Datetime("us", "UTC")),
            "origin": pa.Column(pl.String, pa.Check.isin(["EWR", "JFK", "LGA"])),
            "dest": pa.Column(pl.String, pa.Check.str_matches("^[A-Z]{3}$")),
            "carrier": pa.Column(pl.String, pa.Check.str_matches("^[0-9A-Z]{2}$")),
            "flight": pa.Column(pl.Int64, pa.Check.ge(1)),
            "distance": pa.Column(pl.Int64, pa.Check.in_range(10, 6000)),
            "hour": pa.Column(pl.Int64, pa.Check.in_range(0, 23)),
            "minute": pa.Column(pl.Int64, pa.Check.in_range(0, 59)),
            "arr_delay": pa.Column(pl.Int64, [pa.Check.in_range(-180, 2880), nulls(0.1)], nullable=True),
        },
        checks=rows(1000),
        name="flights",
    ),
    "weather": pa.DataFrameSchema(
        {
            "temp": pa.Column(pl.Float64, pa.Check.in_range(-40, 130), nullable=True),
            "wind_speed": pa.Column(pl.Float64, pa.Check.in_range(0, 150, raise_warning=True), nullable=True),
            "visib": pa.Column(pl.Float64, pa.Check.in_range(0, 10), nullable=True),
        },
        unique=["origin", "time_hour"],
        name="weather",
    ),
    "planes": pa.DataFrameSchema(
        {
            "tailnum": pa.Column(pl.String, unique=True),
            "year": pa.Column(pl.Int64, [pa.Check.ge(1903), nulls(0.1)], nullable=True),
            "seats": pa.Column(pl.Int64, pa.Check.in_range(1, 1000), nullable=True),
        },
        name="planes",
    ),
    "table": pa.DataFrameSchema(
        {
            "flight_date": pa.Column(pl.Date),
            "arrived_late": pa.Column(pl.Boolean),
            "departure_minute": pa.Column(pl.Int64, pa.Check.in_range(0, 1439)),
            "temp": pa.Column(checks=nulls(0.05, warn=True), nullable=True),
            "plane_year": pa.Column(checks=nulls(0.25, warn=True), nullable=True),
        },
        checks=rows(1000),
        unique=["flight_date", "origin", "carrier", "flight"],
        name="table",
    ),
}


def check(name: str, table: pl.DataFrame) -> None:
    """All failures of a table at once, or none."""
    try:
        RULES[name].validate(table, lazy=True)
    except SchemaErrors as errors:
        sys.exit(f"{name}: {errors.failure_cases}")


def join(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per flight with what was known before departure, and the label."""
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        joined: pl.DataFrame = connection.sql(SQL.read_text()).pl()
    return joined


def split(table: pl.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Train, validation and test: the newest 30 days are the test, the 30 before them decide when to stop."""
    day = pl.col("flight_date")
    last = table.select(day.max()).item()
    test, validation = last - PART, last - 2 * PART
    parts = (day <= validation, (day > validation) & (day <= test), day > test)
    train, middle, newest = (table.filter(part).select(*FEATURES, TARGET).to_pandas() for part in parts)
    return train, middle, newest


def features(part: pd.DataFrame) -> pd.DataFrame:
    """The model's input: numbers as floats, categories as text."""
    return part[FEATURES].astype(dict.fromkeys(NUMERIC, "float64") | dict.fromkeys(CATEGORICAL, "object"))


def train(part: pd.DataFrame, validation: pd.DataFrame) -> Pipeline:
    """Boosted trees, stopped when the validation part no longer improves."""
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=np.nan)
    columns = ColumnTransformer(
        [("numeric", "passthrough", NUMERIC), ("categorical", encoder, CATEGORICAL)], verbose_feature_names_out=False
    )
    model = XGBClassifier(**PARAMS, random_state=SEED, early_stopping_rounds=ROUNDS)
    matrix = columns.fit_transform(features(part))
    watched = [(columns.transform(features(validation)), validation[TARGET])]
    model.fit(matrix, part[TARGET], eval_set=watched, verbose=False)
    return Pipeline([("features", columns), ("estimator", model)])


def scores(actual: pd.Series[Any], probability: np.ndarray[Any, Any]) -> Scores:
    """The metrics of the pipeline file."""
    return {
        "roc_auc": float(sk.roc_auc_score(actual, probability)),
        "average_precision": float(sk.average_precision_score(actual, probability)),
        "log_loss": float(sk.log_loss(actual, probability)),
    }


def naive(part: pd.DataFrame, test: pd.DataFrame) -> Scores:
    """The metrics of somebody who knows only how often flights were late."""
    dummy = DummyClassifier(strategy="prior").fit(part[[]], part[TARGET])
    return scores(test[TARGET], dummy.predict_proba(test[[]])[:, 1])


def importance(model: Pipeline, test: pd.DataFrame) -> pd.DataFrame:
    """How much of the ROC AUC is lost when a feature is shuffled, on a sample of the test part."""
    drawn = test.sample(min(IMPORTANCE_ROWS, len(test)), random_state=SEED)
    found = permutation_importance(
        model, features(drawn), drawn[TARGET], scoring="roc_auc", n_repeats=IMPORTANCE_REPEATS, random_state=SEED
    )
    means = {"mean": found.importances_mean, "std": found.importances_std}
    return pd.DataFrame(means, index=FEATURES).sort_values("mean")


def paint(folder: Path, actual: pd.Series[Any], probability: np.ndarray[Any, Any], ranking: pd.DataFrame) -> None:
    """ROC, precision and recall, calibration, confusion and importance, as SVG files."""
    folder.mkdir()
    false_rate, true_rate, _ = sk.roc_curve(actual, probability)
    precision, recall, _ = sk.precision_recall_curve(actual, probability)
    observed, predicted = calibration_curve(actual, probability, n_bins=10, strategy="quantile")
    line(folder / "roc.svg", false_rate, true_rate, "False positive rate", "True positive rate")
    line(folder / "precision_recall.svg", recall, precision, "Recall", "Precision")
    line(folder / "calibration.svg", predicted, observed, "Predicted", "Observed")
    figure = Figure((5, 4.1))
    axes = figure.add_subplot()
    sk.ConfusionMatrixDisplay(sk.confusion_matrix(actual, probability > 0.5)).plot(ax=axes)
    figure.savefig(folder / "confusion.svg")
    figure = Figure((5, 4.1), layout="tight")
    axes = figure.add_subplot()
    axes.barh(ranking.index, ranking["mean"], xerr=ranking["std"])
    figure.savefig(folder / "importance.svg")


def line(file: Path, xs: Any, ys: Any, xlabel: str, ylabel: str) -> None:
    """One curve in one picture."""
    figure = Figure((5, 4.1))
    axes = figure.add_subplot()
    axes.plot(xs, ys)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    figure.savefig(file)


def track(model: Pipeline, part: pd.DataFrame, metrics: Scores, artifacts: Path) -> str:
    """One MLflow run in a new database; the model becomes a version with the alias `champion`."""
    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    mlflow.set_experiment(experiment_id=mlflow.create_experiment(NAME, Path("mlartifacts").absolute().as_uri()))
    client = mlflow.MlflowClient()
    with mlflow.start_run() as run:
        started = run.info.start_time
        params = {**PARAMS, "features": FEATURES, "target": TARGET, "rounds": ROUNDS, "seed": SEED}
        client.log_batch(
            run.info.run_id,
            metrics=[Metric(name, value, started, 0) for name, value in metrics.items()],
            params=[Param(name, str(value)) for name, value in params.items()],
        )
        client.log_artifacts(run.info.run_id, str(artifacts))
        example = features(part.head(1_000).dropna().head(5))
        logged = mlflow.sklearn.log_model(
            model,
            name=NAME,
            registered_model_name=NAME,
            signature=infer_signature(example, model.predict(example)),
            input_example=example,
            pip_requirements=[f"{name}=={version(name)}" for name in REQUIRED],
            skops_trusted_types=skops.io.get_untrusted_types(data=skops.io.dumps(model)),
        )
    client.set_registered_model_alias(NAME, "champion", str(logged.registered_model_version))
    return str(logged.registered_model_version)


def main() -> None:
    """Do it all."""
    tables = read()
    for name, source in tables.items():
        check(name, source)
    table = join(tables)
    check("table", table)
    part, validation, test = split(table)
    model = train(part, validation)
    probability = model.predict_proba(features(test))[:, 1]
    found = scores(test[TARGET], probability)
    watched = scores(validation[TARGET], model.predict_proba(features(validation))[:, 1])
    baseline = naive(part, test)
    artifacts = Path("artifacts")
    artifacts.mkdir()
    paint(artifacts / "pictures", test[TARGET], probability, importance(model, test))
    pd.DataFrame({"actual": test[TARGET], "probability": probability}).to_parquet(artifacts / "predictions.parquet")
    named = {
        **found,
        **{f"validation_{name}": value for name, value in watched.items()},
        **{f"baseline_{name}": value for name, value in baseline.items()},
    }
    made = track(model, part, named, artifacts)
    print(json.dumps({"metrics": {"test": found, "validation": watched, "baseline": baseline}, "version": made}))


if __name__ == "__main__":
    main()
