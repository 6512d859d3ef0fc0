"""Pipelines that wait for each other, looked at together."""

from __future__ import annotations

import pytest

from config_folder import ProjectFolder
from headrace.errors import Diagnostic
from headrace.lint import lint
from headrace.project import Project


def add(project: ProjectFolder, name: str, lines: str) -> None:
    head = "# @package _global_\ndefaults:\n  - late\n  - override /schedule: manual\n  - _self_\n"
    project.write({f"conf/pipeline/{name}.yaml": f"{head}{lines}\n"})


def found(project: ProjectFolder, *names: str) -> list[Diagnostic]:
    whole = Project(project.root, project.root / ".headrace")
    return [problem for problem in lint(whole, names or whole.pipelines()) if problem.code.startswith("HR30")]


def test_a_model_and_a_table_that_come(project: ProjectFolder) -> None:
    add(project, "after", "schedule: {depends_on: [{model: late}, {dataset: late}]}")
    add(project, "later", "schedule: {depends_on: {model: after}}")
    assert found(project) == []


def test_a_misspelt_pipeline_is_told_with_the_nearest_one(project: ProjectFolder) -> None:
    add(project, "after", "schedule: {depends_on: {model: lat}}")
    (problem,) = found(project)
    assert (problem.code, str(problem.place)) == ("HR306", "conf/pipeline/after.yaml:6:32")
    assert problem.remedy.startswith("did you mean late?")
    assert "lat}" in problem.excerpt


def test_a_dataset_is_told_with_the_pipelines_whose_table_it_is(project: ProjectFolder) -> None:
    add(project, "after", "schedule: {depends_on: {dataset: flights}}")
    (problem,) = found(project)
    assert problem.code == "HR306"
    assert problem.remedy == "`flights` is a dataset: name the pipeline whose table it is, one of late"


def test_a_pipeline_that_waits_for_itself(project: ProjectFolder) -> None:
    add(project, "after", "schedule: {depends_on: {model: after}}")
    (problem,) = found(project)
    assert (problem.code, problem.message) == ("HR307", "`after` waits for itself")


def test_a_broken_pipeline_exists(project: ProjectFolder) -> None:
    add(project, "after", "schedule: {depends_on: {model: late}}")
    project.edit("conf/pipeline/late.yaml", "/model: boosted", "/model: bosted")
    assert found(project) == []


@pytest.mark.parametrize("waits_for", ["lat", "after"])
def test_it_is_told_of_a_pipeline_that_is_linted_alone(project: ProjectFolder, waits_for: str) -> None:
    add(project, "after", f"schedule: {{depends_on: {{model: {waits_for}}}}}")
    add(project, "other", "schedule: {depends_on: {model: nothing}}")
    assert found(project, "after") == [problem for problem in found(project) if problem.pipeline == "after"] != []
    assert found(project, "late") == []


def test_a_circle_is_told_of_each_of_its_pipelines(project: ProjectFolder) -> None:
    add(project, "a", "schedule: {depends_on: {model: b}}")
    add(project, "b", "schedule: {depends_on: {model: a}}")
    add(project, "c", "schedule: {depends_on: {model: a}}")
    (problem,) = found(project, "b")
    assert (problem.code, problem.pipeline) == ("HR307", "b")
    assert found(project, "c") == []


def test_a_circle_is_told_once(project: ProjectFolder) -> None:
    add(project, "a", "schedule: {depends_on: [{dataset: late}, {model: c}]}")
    add(project, "b", "schedule: {depends_on: {model: a}}")
    add(project, "c", "schedule: {depends_on: {dataset: b}}")
    (problem,) = found(project)
    assert (problem.code, problem.pipeline) == ("HR307", "a")
    assert "a → c → b → a" in problem.message


def test_a_pipeline_does_not_wait_for_itself(project: ProjectFolder) -> None:
    add(project, "a", "schedule: {depends_on: {model: a}}")
    assert [problem.code for problem in found(project)] == ["HR307"]


def test_who_starts_nothing_waits_for_nobody(project: ProjectFolder) -> None:
    add(project, "a", "schedule: {enabled: false, depends_on: {model: b}}")
    add(project, "b", "schedule: {depends_on: {model: a}}")
    assert found(project) == []


@pytest.mark.parametrize(
    ("theirs", "mine", "says"),
    [
        ("registry: null", "depends_on: {model: other}", "promotes no model"),
        (
            'schedule: {cron: "@daily", partition: {by: day}}',
            "depends_on: {model: other}",
            "are of one day each, which start only runs that have them too",
        ),
        ("owner: me", "depends_on: {model: other}, partition: {by: day}", "have no partitions, and one day each"),
        (
            'schedule: {cron: "@daily", partition: {by: day}}',
            "depends_on: {dataset: other}, partition: {by: week}",
            "have one day each, and one week each are awaited",
        ),
    ],
)
def test_what_never_comes(project: ProjectFolder, theirs: str, mine: str, says: str) -> None:
    add(project, "other", theirs)
    add(project, "waiting", f"schedule: {{{mine}}}")
    (problem,) = found(project)
    assert problem.code == "HR308"
    assert says in problem.message


def test_partitions_that_fit(project: ProjectFolder) -> None:
    add(project, "other", 'schedule: {cron: "@daily", partition: {by: day}}')
    add(project, "same", "schedule: {depends_on: {dataset: other}, partition: {by: day}}")
    add(project, "coarser", "schedule: {depends_on: {dataset: other}, partition: {by: month, upstream: day}}")
    assert found(project) == []
