from __future__ import annotations

import pytest

from headrace.config.safety.names import closed_package, file_name_problem, pipeline_problems


@pytest.mark.parametrize("name", ["flights", "a b", "naïve-2013", "select", "a.b", "名前"])
def test_names_that_files_can_have(name: str) -> None:
    assert not file_name_problem(name)


@pytest.mark.parametrize(
    "name", ["", " ", "a/b", "..", ".hidden", "a\\b", "a:b", "a\0b", "a\nb", "x" * 101, 'a"b', "b ", "<b>", "*"]
)
def test_names_that_they_cannot(name: str) -> None:
    assert file_name_problem(name)


@pytest.mark.parametrize("name", ["late", "late-2", "v1.2", "_x", "2024"])
def test_names_of_pipelines(name: str) -> None:
    assert not list(pipeline_problems(name, "f"))


@pytest.mark.parametrize("name", ["a b", "é", "{{x}}", "-x", ".x", "x.", "a'b", "x" * 101, "a\n"])
def test_names_that_no_pipeline_has(name: str) -> None:
    (problem,) = pipeline_problems(name, "f")
    assert problem.code == "HR251"


@pytest.mark.parametrize(
    "name", ["os", "sys", "builtins", "_thread", "__main__", "a.b", "", "headrace", "mlflow", "../x", "pip"]
)
def test_packages_that_have_no_estimators(name: str) -> None:
    assert closed_package(name)


def test_a_package_of_ones_own() -> None:
    assert not closed_package("my_models")
    assert not closed_package("catboost")
