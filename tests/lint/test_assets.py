"""Assets of several pipelines, looked at together."""

from __future__ import annotations

import pytest

from config_folder import ProjectFolder
from headrace.errors import Diagnostic
from headrace.lint import lint
from headrace.project import Project

HEAD = "# @package _global_\ndefaults:\n  - late\n  - override /schedule: manual\n  - _self_\n"
HOOKS = "def walk(): ...\n"


def add(project: ProjectFolder, name: str, lines: str) -> None:
    project.write({f"conf/pipeline/{name}.yaml": f"{HEAD}{lines}\n", "src/shop/hooks.py": HOOKS})


def task(more: str) -> str:
    return f"tasks: {{t: {{function: shop.hooks.walk, {more}}}}}"


def found(project: ProjectFolder) -> list[Diagnostic]:
    whole = Project(project.root, project.root / ".headrace")
    return [problem for problem in lint(whole, whole.pipelines()) if problem.code == "HR311"]


WHOLE = "{name: orders, uri: s3://w/orders}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (task("outlets: [s3://w/orders]"), "schedule: {assets: s3://w/orders}"),
        (task(f"outlets: [{WHOLE}]"), "schedule: {assets: orders}"),
        (task(f"outlets: [{WHOLE}]"), f"schedule: {{assets: {{any: [{WHOLE}, prices]}}}}"),
        (task(f"outlets: [{WHOLE}]"), task(f"inlets: [{WHOLE}]")),
        (task("inlets: [headrace.model.late, headrace://dataset/late]"), ""),
        (task("outlets: [orders]"), f"schedule: {{enabled: false, assets: {WHOLE}}}"),
    ],
)
def test_one_name_for_one_uri(project: ProjectFolder, one: str, other: str) -> None:
    add(project, "a", one)
    add(project, "b", other)
    assert found(project) == []


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("outlets: [orders]", task(f"outlets: [{WHOLE}]"), "its URI is `orders` here, and `s3://w/orders` in b"),
        (
            "inlets: [x, s3://w/orders]",
            f"schedule: {{assets: {{all: [{WHOLE}, prices]}}}}",
            "it is called `s3://w/orders` here, and `orders` in b",
        ),
        (
            "inlets: [{name: mine, uri: headrace://model/b}]",
            "",
            "it is called `mine` here, and `headrace.model.b` in b",
        ),
    ],
)
def test_who_says_less_is_told_what_the_other_says(project: ProjectFolder, one: str, other: str, said: str) -> None:
    add(project, "a", task(one))
    add(project, "b", other)

    (problem,) = found(project)

    assert said in problem.message
    assert problem.pipeline == "a"
    place = problem.place
    assert place is not None
    assert (place.file, place.line) == ("conf/pipeline/a.yaml", 6)
    if one == "outlets: [orders]":
        assert problem.remedy == 'write {name: "orders", uri: "s3://w/orders"} if they are the same'
        assert "orders" in problem.excerpt
