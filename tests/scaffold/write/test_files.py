from __future__ import annotations

from dataclasses import replace

import yaml

from drafts import draft
from headrace.scaffold.write.files import texts


def test_the_files_say_what_was_decided_and_why() -> None:
    made = texts(draft(), {"size": {"min": 0}}, "shop.csv")

    assert set(made) == {"pipeline/shop.yaml", "dataset/shop.yaml", "validation/shop.yaml"}
    pipeline = yaml.safe_load(made["pipeline/shop.yaml"])
    assert made["pipeline/shop.yaml"].startswith("# @package _global_\n")
    assert pipeline["target"] == {"column": "y", "positive": 1}
    assert pipeline["features"] == {"numeric": ["size"], "categorical": ["kind"]}
    assert pipeline["gates"][0]["baseline"] == "naive"
    assert "# note: text" in made["pipeline/shop.yaml"]
    assert yaml.safe_load(made["validation/shop.yaml"])["shop"]["columns"] == {"size": {"min": 0}}
    source = yaml.safe_load(made["dataset/shop.yaml"])["sources"]["shop"]
    assert source == {"type": "csv", "path": "data/shop.csv", "row_number": "row_number"}


def test_sql_comes_beside_the_dataset_and_rules_are_for_its_table() -> None:
    base = draft()
    made = texts(replace(base, target=replace(base.target, missing=2)), {}, "shop.csv")
    assert yaml.safe_load(made["dataset/shop.yaml"])["transform"] == {"type": "sql", "file": "shop.sql"}
    assert "SELECT" in made["dataset/shop.sql"]
    assert list(yaml.safe_load(made["validation/shop.yaml"])) == ["table"]


def test_a_file_name_cannot_end_a_comment() -> None:
    made = texts(draft(), {}, "a\nb: c.csv")
    assert yaml.safe_load(made["dataset/shop.yaml"]).keys() == {"sources", "row_id"}


def test_where_nothing_beats_guessing_the_gate_has_slack() -> None:
    made = texts(replace(draft(), doubt="no model was sure"), {}, "shop.csv")["pipeline/shop.yaml"]
    assert yaml.safe_load(made)["gates"][0] == {"metric": "roc_auc", "baseline": "naive", "max_degradation": 0.1}
    assert "# no model was sure: the first gate has slack" in made
