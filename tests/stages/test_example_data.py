"""The three examples, from their files to the parts that a model learns from and is tested on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from headrace.config.spec import compile_spec
from headrace.data.files import observe
from headrace.data.tables import read_table
from headrace.plan.build import build_plan
from headrace.plan.model import Plan
from headrace.stages.contract import StageResult
from stage_calls import context, outputs, world

ROOT = Path(__file__).parents[2]
STAGES = ("ingest", "validate", "transform", "split")


def plan_of(pipeline: str) -> Plan:
    spec = compile_spec(ROOT / "conf", ROOT, pipeline).spec
    return build_plan(spec)


def run_to_split(pipeline: str, folder: Path, as_of: datetime | None = None) -> dict[str, StageResult]:
    """Every stage up to split, on what the ones before it wrote."""
    results = {}
    for stage in plan_of(pipeline).stages:
        if stage.type in STAGES:
            inputs = {name: folder / ref.stage / ref.output for name, ref in stage.inputs.items()}
            observed: Mapping[str, Any] = observe(stage.config, world(ROOT)) if stage.type == "ingest" else {}
            ctx = context(stage.config, folder / stage.name, inputs, root=ROOT, as_of=as_of, observed=observed)
            results[stage.name] = import_module(f"headrace.stages.{stage.type}").run(ctx)
    return results


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, StageResult]]:
    folder = tmp_path_factory.mktemp("flights")
    return folder, run_to_split("flight_delays", folder)


def test_flights_go_through(flights: tuple[Path, dict[str, StageResult]]) -> None:
    folder, results = flights
    assert list(results) == ["ingest", "validate", "transform", "validate_table", "split"]
    assert outputs(folder / "ingest") == ["flights.parquet", "planes.parquet", "weather.parquet"]
    assert {name: facts["rows"] for name, facts in results["ingest"].facts["sources"].items()} == {
        "flights": 336_776,
        "weather": 26_115,
        "planes": 3_322,
    }
    assert outputs(folder / "validate") == outputs(folder / "validate_table") == ["report.json"]
    assert results["validate"].facts["failed"] == 0
    assert results["validate"].facts["warnings"] == 1  # one gust of 1,048 miles per hour
    assert outputs(folder / "transform") == ["lineage.json", "table.parquet"]
    assert results["transform"].facts["rows"] == 327_346  # the flights that arrived
    assert outputs(folder / "split") == ["test.parquet", "train.parquet", "validation.parquet"]
    assert sum(results["split"].facts["rows"].values()) == 327_346
    assert results["split"].facts["from"]["test"] == "2013-12-02"


def test_flights_have_what_their_pipeline_names(flights: tuple[Path, dict[str, StageResult]]) -> None:
    folder, _ = flights
    spec = plan_of("flight_delays").spec
    table = read_table(folder / "transform" / "table.parquet")
    features = [*spec["features"]["numeric"], *spec["features"]["categorical"]]
    assert set(features) <= set(table.columns)
    assert "arr_delay" not in table.columns
    assert table["arrived_late"].mean() == pytest.approx(0.2371, abs=0.0001)
    lineage = json.loads((folder / "transform" / "lineage.json").read_text())["tables"]["table"]
    assert list(lineage) == table.columns
    assert lineage["arrived_late"] == {"sources": ["flights.arr_delay"]}
    assert lineage["plane_year"] == {"sources": ["planes.year"]}
    of_features = {origin for name in features for origin in lineage[name]["sources"]}
    known_later = {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"}
    assert not {f"flights.{name}" for name in known_later} & of_features


def test_flights_of_an_earlier_run_end_before_it(tmp_path: Path) -> None:
    as_of = datetime(2013, 7, 1, tzinfo=UTC)
    results = run_to_split("flight_delays", tmp_path, as_of)
    assert results["ingest"].holds_after is None
    test = read_table(tmp_path / "split" / "test.parquet")
    assert (test["flight_date"].min(), test["flight_date"].max()) == (date(2013, 6, 1), date(2013, 6, 30))


def test_wine_goes_through(tmp_path: Path) -> None:
    results = run_to_split("wine_cultivars", tmp_path)
    assert results["ingest"].facts["sources"]["analyses"]["rows"] == 178
    train, test = (read_table(tmp_path / "split" / f"{part}.parquet") for part in ("train", "test"))
    assert train.height + test.height == 178
    assert set(train["cultivar"]) == set(test["cultivar"]) == {"0", "1", "2"}


def test_diabetes_goes_through(tmp_path: Path) -> None:
    from sklearn.datasets import load_diabetes

    results = run_to_split("diabetes_progression", tmp_path)
    assert results["transform"].facts["rows"] == 442
    table = read_table(tmp_path / "transform" / "table.parquet").sort("patient")
    assert table["progression"].to_list() == load_diabetes().target.tolist()
    assert table["bmi"].to_list() == load_diabetes(scaled=False).data[:, 2].tolist()
    assert results["split"].facts["rows"].keys() == {"train", "test"}


@pytest.mark.parametrize("pipeline", ["flight_delays", "wine_cultivars", "diabetes_progression"])
def test_a_second_run_makes_equal_bytes(pipeline: str, tmp_path: Path) -> None:
    contents = []
    for attempt in ("1", "2"):
        run_to_split(pipeline, tmp_path / attempt)
        files = [path for path in sorted((tmp_path / attempt).rglob("*")) if path.is_file()]
        contents.append({path.relative_to(tmp_path / attempt): path.read_bytes() for path in files})
    assert contents[0] == contents[1]


@pytest.mark.parametrize("folder", ["dataset", "validation"])
def test_every_option_says_what_it_is(folder: str) -> None:
    files = sorted((ROOT / "conf" / folder).iterdir())
    assert files
    assert [file.name for file in files if not file.read_text().startswith(("# ", "-- "))] == []
