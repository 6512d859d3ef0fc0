from __future__ import annotations

from pathlib import Path

import pytest

from config_folder import FILES, ProjectFolder


@pytest.fixture
def project(tmp_path: Path) -> ProjectFolder:
    folder = ProjectFolder(tmp_path)
    folder.write(FILES)
    return folder


def late(project: ProjectFolder, text: str) -> None:
    project.write({"conf/pipeline/late.yaml": FILES["conf/pipeline/late.yaml"] + text})


@pytest.mark.parametrize(
    "at",
    [
        "model.params.n_estimators",
        "split.test",
        "gates.0.min",
        "metrics",
        "seed",
        "features.numeric",
        "target.positive",
    ],
)
def test_what_a_model_is_made_of_may_be_opened(project: ProjectFolder, at: str) -> None:
    late(project, f"params: {{it: {{at: {at}}}}}\n")

    spec, _ = project.compile()

    assert spec.params["it"].at == at


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("{it: {at: schedule.cron}}", "HR382", "is not for whoever starts a run to choose"),
        ("{it: {at: dataset.sources.flights.path}}", "HR382", "is not for whoever starts a run to choose"),
        ("{it: {at: runtime.env}}", "HR382", "is not for whoever starts a run to choose"),
        ("{it: {at: tracking.uri}}", "HR382", "is not for whoever starts a run to choose"),
        ("{it: {at: registry.alias}}", "HR382", "is not for whoever starts a run to choose"),
        ("{it: {at: data_roots}}", "HR382", "is not for whoever starts a run to choose"),
        ("{it: {at: model.type}}", "HR382", "is not for whoever starts a run to choose"),
        ("{it: {at: model.params.n_estimator}}", "HR382", "there is no value at `model.params.n_estimator`"),
        ("{it: {at: split}}", "HR382", "is more than one value"),
        ("{it: {at: gates}}", "HR382", "is more than one value"),
        ("{it: {at: seed}, that: {at: seed}}", "HR382", "`it` and `that` both open `seed`"),
        ("{a-b: {at: seed}}", "HR382", "cannot be the name of a parameter"),
        ("{it: {at: seed, min: 1}}", "HR383", "0 is less than 1"),
        ("{it: {at: split.test, choices: [7d, 14d]}}", "HR383", "'30d' is not one of 7d, 14d"),
        ("{it: {at: seed, maks: 1}}", "HR140", "maks"),
        ("{it: {at: split.test, choices: [30d, 2 months]}}", "HR383", "a choice of `it` is not allowed: "),
        ("{it: {at: seed, choices: [0, one]}}", "HR383", "a choice of `it` is not allowed: "),
        ("{it: {at: seed, choices: [0, 12], max: 10}}", "HR383", "a choice of `it` is not allowed: 12 is more than 10"),
        ("{it: {at: gates.0.min, choices: [0.65, high]}}", "HR383", "a choice of `it` is not allowed: "),
        ("{it: {at: seed, min: 5, max: 1}}", "HR383", "no value fits: `min` is 5, and `max` is 1"),
    ],
)
def test_what_cannot_be_a_parameter_is_told_in_the_file(
    project: ProjectFolder, text: str, code: str, said: str
) -> None:
    late(project, f"params: {text}\n")

    problem = project.problem()

    assert (problem.code, said in problem.message) == (code, True), str(problem)
    assert problem.place
    assert problem.place.line


def test_rows_are_not_chosen_where_nothing_is_split(project: ProjectFolder) -> None:
    text = "# @package _global_\ndefaults: [/dataset: flights, _self_]\ndataset: {where: {carrier: UA}}\n"
    project.write({"conf/pipeline/late.yaml": text})

    assert project.problem().code == "HR376"


def test_a_choice_is_told_where_it_is_written(project: ProjectFolder) -> None:
    late(project, "params:\n  it:\n    at: split.test\n    choices: [30d, 2 months, 7d, 3]\n")

    found = project.problems()

    assert [str(problem.place) for problem in found] == [f"conf/pipeline/late.yaml:21:{column}" for column in (20, 34)]
