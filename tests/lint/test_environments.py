"""Each pipeline in each environment."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from config_folder import FILES, ProjectFolder
from headrace.errors import Diagnostic, Place
from headrace.lint import lint
from headrace.lint.environments import Variant, together
from headrace.models.index import load_index
from headrace.project import Project

DEV, CI, PROD = Variant("dev"), Variant("ci", ("env=ci",)), Variant("prod", ("env=prod",))
PLACE = Place("conf/env/prod.yaml", 2, 1)
CHOSEN = FILES["conf/config.yaml"].replace("  - _self_\n", "  - _self_\n  - pipeline: null\n  - env: dev\n")
ENVIRONMENTS = {
    "conf/config.yaml": CHOSEN,
    "conf/env/dev.yaml": "# @package _global_\n{}\n",
    "conf/env/prod.yaml": "# @package _global_\nowner: ops\n",
}


def problem(message: str, code: str = "HR140") -> Diagnostic:
    return Diagnostic(code, message, PLACE)


def test_what_is_wrong_everywhere_is_told_once() -> None:
    assert together([(DEV, [problem("a")]), (PROD, [problem("a")])]) == (problem("a"),)


def test_what_is_wrong_in_some_says_where() -> None:
    found = together([(DEV, []), (CI, [problem("a")]), (PROD, [problem("a"), problem("b")])])

    assert [str(item.message) for item in found] == ["with env=ci and env=prod: a", "with env=prod: b"]


def test_an_environment_that_is_broken_by_something_else_does_not_count() -> None:
    found = together([(DEV, [problem("a")]), (PROD, [problem("b")])])

    assert [item.message for item in found] == ["a", "with env=prod: b"]


def test_what_another_environment_mends_says_so() -> None:
    assert together([(DEV, [problem("a")]), (PROD, [])])[0].message == "with env=dev: a"


def test_a_variable_that_another_environment_needs_is_a_warning() -> None:
    unset = problem("X is not set", "HR135")

    assert together([(DEV, []), (PROD, [unset])])[0].severity == "warning"
    assert together([(PROD, [unset])])[0].severity == "warning"
    assert together([(DEV, [unset])])[0].severity == "error"


def test_what_an_environment_leaves_out_is_told_only_where_no_other_has_it() -> None:
    left_out = replace(problem("a", "HR365"), severity="warning")

    assert together([(DEV, []), (CI, [left_out])]) == ()
    assert together([(CI, [left_out]), (PROD, [])]) == ()
    assert together([(DEV, [left_out]), (CI, [left_out])]) == (left_out,)


@pytest.fixture(scope="module")
def estimator_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    load_index(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path, estimator_index: Path) -> ProjectFolder:
    made = ProjectFolder(tmp_path)
    made.write(FILES)
    made.write(ENVIRONMENTS)
    shutil.copytree(estimator_index, tmp_path / ".headrace" / "compiled")
    return made


def found(folder: ProjectFolder) -> list[str]:
    return [str(item) for item in lint(Project(folder.root, folder.root / ".headrace"), ["late"])]


def test_a_mistake_in_production_only_is_found(folder: ProjectFolder) -> None:
    assert found(folder) == []
    folder.write({"conf/env/prod.yaml": "# @package _global_\nschedule: {cron: never}\n"})

    (said,) = found(folder)

    assert said.startswith("conf/env/prod.yaml:2:18: error HR144: with env=prod:")


def test_an_environment_that_calls_nobody_means_it(folder: ProjectFolder) -> None:
    deadline = "dag: {deadlines: [{within: 1h}]}\n"
    folder.edit("conf/config.yaml", "owner: nobody\n", f"owner: nobody\nnotify: [{{type: log}}]\n{deadline}")
    folder.write({"conf/env/prod.yaml": "# @package _global_\nnotify: []\n"})
    assert found(folder) == []

    folder.edit("conf/config.yaml", "notify: [{type: log}]", "notify: []")
    (said,) = found(folder)
    assert "HR332: with env=dev: nobody hears that a run is late" in said


def test_an_environment_that_would_land_nowhere_says_so(folder: ProjectFolder) -> None:
    folder.write({"conf/env/prod.yaml": "owner: ops\n"})

    (said,) = found(folder)

    assert "HR114: with env=prod: the values of this file would land below `env`, not at the top" in said
