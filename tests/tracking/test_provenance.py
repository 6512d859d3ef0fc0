"""The provenance artifact."""

from __future__ import annotations

import json
from pathlib import Path

from headrace.errors import Place
from headrace.plan.model import Plan, Writing
from headrace.tracking.provenance import provenance_document

ROOT = Path("/home/ann/project")
PLAN = Plan(
    "late",
    {"tracking": {"uri": "${secret:MLFLOW}"}, "seed": 3},
    (),
    places={"seed": Place("override 'seed=3'"), "tracking.uri": Place("/home/ann/shared/t.yaml", 2, 6)},
    history={
        "seed": (Writing(Place("conf/config.yaml", 4, 7), "0"),),
        "x": (Writing(Place("c", 1, 1), "1", "dropped"),),
    },
    overrides=("seed=3", "home=/home/ann/project/state"),
    environment="prod",
)


def test_every_value_has_its_place_and_its_chain() -> None:
    document = provenance_document(PLAN, {"git": {"commit": "c" * 40, "dirty": True}, "as_of": None}, ROOT)

    values = {value["key"]: value for value in document["values"]}
    assert values["seed"]["written"] == "override 'seed=3'"
    assert values["seed"]["history"] == [{"how": "replaced", "written": "conf/config.yaml:4:7", "text": "0"}]
    assert document["git"] == {"commit": "c" * 40, "dirty": True}
    assert (document["plan"], document["environment"]) == (PLAN.digest, "prod")
    assert document["left_out"][0]["key"] == "x"


def test_no_path_of_this_machine_travels_and_secrets_are_references() -> None:
    document = provenance_document(PLAN, {}, ROOT)

    assert "/home/ann" not in json.dumps(document)
    assert document["overrides"][1] == "home=state"
    assert document["git"] is None
    assert document["values"][0]["value"] == "${secret:MLFLOW}"
