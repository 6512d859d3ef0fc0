from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from headrace.report.documents import from_documents, read_documents
from headrace.report.facts import PageFacts
from run_documents import data_only, flights, wine


def test_json_and_pictures_are_read_and_the_rest_is_left(tmp_path: Path) -> None:
    inputs = {
        "gate/gates.json": json.dumps({"passed": True}),
        "evaluate/pictures/roc.svg": "<svg/>",
        "elsewhere/roc.svg": "<svg/>",
        "train/model.skops": "\x00",
        "split/train.parquet": "PAR1",
    }
    paths = {name: tmp_path / name.replace("/", "_") for name in inputs}
    for name, path in paths.items():
        path.write_text(inputs[name])
    documents, pictures = read_documents(paths)
    assert documents == {"gate/gates.json": {"passed": True}}
    assert pictures == {"evaluate/pictures/roc.svg": "<svg/>"}


def facts_of(made: object) -> PageFacts:
    return from_documents(made.run, made.config, made.documents, mlflow=made.mlflow)  # type: ignore[attr-defined]


def test_documents_become_facts() -> None:
    facts = facts_of(flights())
    assert facts.sources["flights"].rows == 336_776
    assert set(facts.validation) == {"flights", "table"}
    assert facts.table is not None
    assert facts.table.rows == 327_346
    assert facts.lineage is not None
    assert facts.lineage["dest"].sources is None
    assert facts.split is not None
    assert facts.split.starts["test"] == "2013-12-02"
    assert facts.fit_seconds == 4.212
    assert facts.rival is not None
    assert facts.rival.version == "2"
    assert facts.configured("dataset", "sources", "flights", "time_column") == "time_hour"
    assert facts.configured("dataset", "nothing", "there") is None


def test_what_no_stage_wrote_is_absent() -> None:
    facts = facts_of(data_only())
    absent = (facts.model, facts.metrics, facts.gates, facts.version, facts.promotion, facts.split, facts.task)
    assert absent == (None,) * 7
    assert facts.table is not None


def test_versions_are_names_even_where_a_registry_counts() -> None:
    facts = facts_of(wine())
    assert facts.version is not None
    assert facts.version.version == "1"


def test_a_model_is_no_rival_of_itself() -> None:
    made = flights()
    made.documents["gate/gates.json"]["champion"]["version"] = "3"
    assert facts_of(made).rival is None


def test_a_document_of_another_shape_is_refused() -> None:
    made = flights()
    made.documents["evaluate/metrics.json"] = {"test": "high"}
    with pytest.raises(ValidationError, match=r"metrics\.test"):
        facts_of(made)
