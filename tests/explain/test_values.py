"""Values explained, of a project on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from config_folder import FILES, ProjectFolder
from headrace.explain import Explained, explain
from headrace.explain.values import UnknownKeyError, as_document
from headrace.plan.build import build_plan
from headrace.plan.model import Plan


@pytest.fixture
def project(tmp_path: Path) -> ProjectFolder:
    folder = ProjectFolder(tmp_path)
    folder.write(FILES)
    return folder


def plan(project: ProjectFolder, *overrides: str) -> Plan:
    spec, composed = project.compile(*overrides)
    return build_plan(spec, composed.places, composed.notes, overrides, composed.history, composed.environment)


def one(project: ProjectFolder, cache: Path, key: str, *overrides: str) -> Explained:
    (found,) = explain(plan(project, *overrides), cache, key)
    return found


def steps(found: Explained) -> list[str]:
    return [f"{step.how} {step.place} {step.text}" for step in found.steps]


def test_a_value_with_its_place_its_chain_and_its_meaning(project: ProjectFolder, cache: Path) -> None:
    found = one(project, cache, "model.params.max_bin")

    assert (found.value, found.place) == (128, "conf/pipeline/late.yaml:14:21")
    assert steps(found) == ["replaced conf/model/boosted.yaml:4:12 null"]
    assert found.meaning.allowed == "an integer ≥ 2, or null"


def test_a_value_that_nobody_wrote_is_the_schemas(project: ProjectFolder, cache: Path) -> None:
    found = one(project, cache, "runtime.retries")

    assert (found.value, found.place, found.origin) == (2, None, "the schema's default")


def test_an_interpolation_says_whose_value_it_is(project: ProjectFolder, cache: Path) -> None:
    project.edit("conf/pipeline/late.yaml", "max_bin: 128", "random_state: '${seed}'")
    found = one(project, cache, "model.params.random_state")

    assert found.value == 0
    assert found.steps[0].text == "${seed}"
    assert found.steps[0].note == "the value of seed, at conf/config.yaml:4:7"


def test_a_relative_interpolation(project: ProjectFolder, cache: Path) -> None:
    project.edit("conf/model/boosted.yaml", "max_bin: null", "max_bin: null\n  max_depth: ${.max_bin}")

    found = one(project, cache, "model.params.max_depth")

    assert found.steps[0].note == "the value of model.params.max_bin, at conf/pipeline/late.yaml:14:21"


def test_an_environment_variable_is_named(project: ProjectFolder, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project.edit("conf/config.yaml", "owner: nobody", "owner: ${env:TEAM,me}")
    assert one(project, cache, "owner").steps[0].note == "TEAM is not set: the default"
    monkeypatch.setenv("TEAM", "ops")

    found = one(project, cache, "owner")

    assert (found.value, found.steps[0].note) == ("ops", "the environment variable TEAM")


def test_a_secret_stays_one(project: ProjectFolder, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADDRESS", "canary")
    project.edit("conf/config.yaml", "owner: nobody", "tracking: {uri: '${secret:ADDRESS}'}")
    found = one(project, cache, "tracking.uri")

    assert found.value == "${secret:ADDRESS}"
    assert found.steps[0].note == "looked up in the stage that uses it, and written nowhere"
    assert "canary" not in str(found)


def test_sql_is_read_from_its_file(project: ProjectFolder, cache: Path) -> None:
    found = one(project, cache, "dataset.transform.query")

    assert (found.place, found.origin) == ("conf/dataset/flights.sql:1:1", "the text of the SQL file")


def test_a_list_replaces_a_list_as_a_whole(project: ProjectFolder, cache: Path) -> None:
    found = one(project, cache, "metrics.0", "metrics=[log_loss,roc_auc]")

    assert [(step.key, step.text) for step in found.steps] == [("metrics", "[roc_auc, log_loss]")]


def test_what_a_replaced_model_takes_along_is_left_out(project: ProjectFolder, cache: Path) -> None:
    found = one(project, cache, "model.params.max_bin", "model=forest")

    assert found.is_left_out
    assert steps(found) == ["dropped conf/pipeline/late.yaml:14:21 128"]


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("model.params.max_bims", "did you mean model.params.max_bin?"),
        ("gatez", "did you mean gates?"),
        ("split.x", "below `split` are column, method, test, validation"),
    ],
)
def test_a_key_that_is_not_there(project: ProjectFolder, cache: Path, key: str, says: str) -> None:
    with pytest.raises(UnknownKeyError) as caught:
        explain(plan(project), cache, key)

    assert says in caught.value.remedy
    assert caught.value.exit_code == 2


def test_a_key_below_null_names_the_null(project: ProjectFolder, cache: Path) -> None:
    with pytest.raises(UnknownKeyError, match=r"`model.early_stopping` is null"):
        explain(plan(project, "model=forest"), cache, "model.early_stopping.rounds")


def test_a_beginning_is_enough_and_brackets_count(project: ProjectFolder, cache: Path) -> None:
    assert [item.key for item in explain(plan(project), cache, "gates[0]")] == [
        "gates.0.metric",
        "gates.0.min",
        "gates.0.max",
    ]


def test_the_document(project: ProjectFolder, cache: Path) -> None:
    made = plan(project, "seed=3")
    document = as_document(made, explain(made, cache, "seed"))

    assert document["overrides"] == ["seed=3"]
    assert document["values"][0] | {"allowed": "", "meaning": ""} == {
        "key": "seed",
        "value": 3,
        "written": "override 'seed=3'",
        "origin": "",
        "left_out": False,
        "steps": [{"how": "replaced", "key": "seed", "written": "conf/config.yaml:4:7", "text": "0", "note": ""}],
        "meaning": "",
        "allowed": "",
        "unit": "",
        "default": 0,
        "has_default": True,
    }
