from __future__ import annotations

import pytest

from config_folder import ProjectFolder
from headrace.errors import ConfigError


def test_values_are_plain_and_places_say_where_they_were_written(project: ProjectFolder) -> None:
    composed = project.compose()
    assert composed.values["model"] == {
        "type": "xgboost.XGBClassifier",
        "params": {"n_estimators": 300, "max_bin": 128},
        "early_stopping": {"rounds": 20},
    }
    assert composed.values["schedule"] == {"cron": "@daily", "start": "2013-01-01"}
    assert "hydra" not in composed.values
    places = {path: str(place) for path, place in composed.places.items()}
    assert places["model.params.max_bin"] == "conf/pipeline/late.yaml:14:21"
    assert places["model.params.n_estimators"] == "conf/model/boosted.yaml:3:17"
    assert places["gates.0.min"] == "conf/pipeline/late.yaml:17:28"
    assert places["features.numeric.1"] == "conf/pipeline/late.yaml:10:23"
    assert places["seed"] == "conf/config.yaml:4:7"
    assert places["model"] == "conf/model/boosted.yaml:1:1"
    assert str(composed.place_of("model.params.unheard_of")) == "conf/model/boosted.yaml:2:1"


def test_every_file_is_listed_once(project: ProjectFolder) -> None:
    files = [path.relative_to(project.root).as_posix() for path in project.compose().files]
    assert sorted(files) == [
        "conf/config.yaml",
        "conf/dataset/flights.yaml",
        "conf/model/boosted.yaml",
        "conf/pipeline/late.yaml",
        "conf/schedule/daily.yaml",
    ]


def test_an_override_is_its_own_place(project: ProjectFolder) -> None:
    composed = project.compose("model.params.n_estimators=8", "+model.params.extra={a: [1, 2]}", "gates.0.min=0.7")
    assert composed.values["model"]["params"] == {"n_estimators": 8, "max_bin": 128, "extra": {"a": [1, 2]}}
    assert composed.values["gates"] == [{"metric": "roc_auc", "min": 0.7}]
    places = {path: str(place) for path, place in composed.places.items()}
    assert places["model.params.n_estimators"] == "override 'model.params.n_estimators=8'"
    assert places["model.params.extra.a.1"] == "override '+model.params.extra={a: [1, 2]}'"
    assert places["model.params"] == "conf/model/boosted.yaml:2:1"


def test_a_removed_value_is_gone(project: ProjectFolder) -> None:
    composed = project.compose("~gates", "~model.early_stopping")
    assert "gates" not in composed.values
    assert "model.early_stopping" not in composed.places


def test_environment_variables_are_recorded(project: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAM", "blue")
    monkeypatch.delenv("SEED", raising=False)
    composed = project.compose("owner='team ${env:TEAM}'", "seed='${oc.decode:${env:SEED,7}}'")
    assert (composed.values["owner"], composed.values["seed"]) == ("team blue", 7)
    assert composed.env == {"TEAM": "blue", "SEED": None}


def test_secrets_stay_references_wherever_they_stand(project: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PW", "p4ss")
    project.edit("conf/config.yaml", "owner: nobody", "owner: 'x://me:${secret:PW}@host/${env:PW}'\nalso: ${owner}")
    composed = project.compose("+direct='${secret:PW}'")
    assert composed.values["owner"] == composed.values["also"] == "x://me:${secret:PW}@host/p4ss"
    assert composed.values["direct"] == "${secret:PW}"


def test_interpolations_to_values_and_mappings(project: ProjectFolder) -> None:
    composed = project.compose("+copy=${split}", "owner=${task}-${target.column}")
    assert composed.values["copy"] == composed.values["split"]
    assert composed.values["owner"] == "binary-late"
    assert str(composed.places["copy.test"]) == "override '+copy=${split}'"


def test_a_replaced_option_takes_the_pipelines_values_for_it_along(project: ProjectFolder) -> None:
    composed = project.compose("model=forest", "model.params.max_depth=8")
    assert composed.values["model"] == {
        "type": "sklearn.ensemble.RandomForestClassifier",
        "params": {"n_estimators": 200, "max_depth": 8},
    }
    assert composed.notes == (
        "model=forest replaces boosted: model.params.max_bin (conf/pipeline/late.yaml:14:21) dropped",
    )
    assert "model.params.max_bin" not in composed.places


def test_choosing_the_same_option_drops_nothing(project: ProjectFolder) -> None:
    composed = project.compose("model=boosted")
    assert composed.values["model"]["params"]["max_bin"] == 128
    assert composed.notes == ()


def test_values_of_other_files_and_groups_stay_when_an_option_is_replaced(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "seed: 0", "seed: 0\nmodel: {preprocessing: {numeric: {scale: standard}}}")
    composed = project.compose("model=forest", "schedule=manual")
    assert composed.values["model"]["preprocessing"] == {"numeric": {"scale": "standard"}}
    assert composed.values["split"]["test"] == "30d"


def test_a_choice_that_yaml_leaves_open_replaces_nothing(project: ProjectFolder) -> None:
    project.edit("conf/pipeline/late.yaml", "/model: boosted", "/model: ???")
    assert project.compose("model=boosted").values["model"]["params"]["max_bin"] == 128


def test_a_removed_group_takes_its_values_along(project: ProjectFolder) -> None:
    assert "model" not in project.compose("~model").values


def test_a_pipeline_may_build_on_another(project: ProjectFolder) -> None:
    project.write({"conf/pipeline/later.yaml": "# @package _global_\ndefaults: [late, _self_]\nowner: me\n"})
    composed = project.compose("model=forest", pipeline="later")
    assert (composed.values["owner"], composed.values["task"]) == ("me", "binary")
    assert composed.values["model"]["params"] == {"n_estimators": 200, "max_depth": None}


@pytest.mark.parametrize("name", ["2024", "null", "a-b", "true"])
def test_any_file_name_is_a_pipelines_name(project: ProjectFolder, name: str) -> None:
    project.write({f"conf/pipeline/{name}.yaml": "# @package _global_\nowner: me\n"})
    assert project.compose(pipeline=name).values["owner"] == "me"


def test_hydras_own_groups_and_keys_do_no_harm(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "defaults:", "hydra: {sweeper: {max_batch_size: '${now:%Y}'}}\ndefaults:")
    project.edit("conf/config.yaml", "  - _self_", "  - override hydra/launcher: basic\n  - _self_")
    composed = project.compose("hydra.sweep.dir=x", "hydra/sweeper=basic")
    assert "hydra" not in composed.values
    assert project.compose().values == composed.values


def test_a_file_whose_top_is_a_list(project: ProjectFolder) -> None:
    project.write({"conf/notify/log.yaml": "- {type: log}\n"})
    project.edit("conf/config.yaml", "  - schedule", "  - notify: log\n  - schedule")
    composed = project.compose()
    assert composed.values["notify"] == [{"type": "log"}]
    assert str(composed.places["notify.0.type"]) == "conf/notify/log.yaml:1:10"


def test_two_problems_in_two_files_come_together(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "seed: 0", "seed: 0\nseed: 1")
    project.edit("conf/model/boosted.yaml", "max_bin: null", "max_bin: ${oc.env:BIN}")
    with pytest.raises(ConfigError) as caught:
        project.compose()
    assert [(found.code, str(found.place)) for found in caught.value.diagnostics] == [
        ("HR103", "conf/config.yaml:5:1"),
        ("HR134", "conf/model/boosted.yaml:4:12"),
    ]


def history(project: ProjectFolder, path: str, *overrides: str) -> list[str]:
    found = project.compose(*overrides).history.get(path, ())
    return [f"{item.how} {item.text} {item.place}" for item in found]


def test_the_whole_way_to_a_value_is_kept(project: ProjectFolder) -> None:
    assert history(project, "model.params.max_bin", "model.params.max_bin=64") == [
        "replaced 128 conf/pipeline/late.yaml:14:21",
        "replaced null conf/model/boosted.yaml:4:12",
    ]


def test_what_an_option_that_gave_way_held_is_on_the_way(project: ProjectFolder) -> None:
    project.edit("conf/pipeline/late.yaml", "max_bin: 128", "n_estimators: 50, max_bin: 128")

    assert history(project, "model.params.n_estimators", "model=forest") == [
        "dropped 50 conf/pipeline/late.yaml:14:26",
        "swapped 300 conf/model/boosted.yaml:3:17",
    ]
    assert history(project, "model.params.max_bin", "model=forest") == ["dropped 128 conf/pipeline/late.yaml:14:39"]
    assert project.root / "conf/model/boosted.yaml" in project.compose("model=forest").files


def test_what_an_override_removes_is_on_the_way(project: ProjectFolder) -> None:
    assert history(project, "model.params.max_bin", "~model.params.max_bin") == [
        "removed ~model.params.max_bin override '~model.params.max_bin'",
        "replaced 128 conf/pipeline/late.yaml:14:21",
        "replaced null conf/model/boosted.yaml:4:12",
    ]


def test_the_pipeline_has_its_turn_where_config_yaml_says(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "  - _self_\n", "  - _self_\n  - pipeline: null\n  - env: dev\n")
    project.write(
        {
            "conf/env/dev.yaml": "# @package _global_\n{}\n",
            "conf/env/prod.yaml": "# @package _global_\nmetrics: [roc_auc]\n",
        }
    )

    assert project.compose().environment == "dev"
    assert project.compose().values["metrics"] == ["roc_auc", "log_loss"]
    prod = project.compose("env=prod")
    assert (prod.environment, prod.values["metrics"]) == ("prod", ["roc_auc"])
    assert history(project, "metrics", "env=prod") == ["replaced [roc_auc, log_loss] conf/pipeline/late.yaml:15:10"]
