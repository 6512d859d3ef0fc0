"""Functions of a project's `src/`, read without being run."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.operators.functions import Parameter, functions, module_file, packages

SOURCE = """
from airflow.sdk import task
from airflow.sdk import task as step
from airflow import sdk
from elsewhere import other
raise SystemExit("nobody runs this")

def plain(a, b: int = 1, *, c: "str", d=None, **rest): ...
async def later(a): ...
@task
def decorated(): ...
@task.branch(task_id="x")
def branch(): ...
@step
def renamed(): ...
@sdk.task.sensor
def by_module(): ...
@other.task
def elsewhere(): ...
@cache
def cached(): ...
class Other:
    def method(self): ...
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    package = tmp_path / "src" / "shop"
    package.mkdir(parents=True)
    (package / "hooks.py").write_text(SOURCE)
    (package / "__init__.py").write_text("")
    (tmp_path / "src" / "single.py").write_text("")
    (tmp_path / "src" / "not-a-name").mkdir()
    return tmp_path


def test_parameters_are_as_they_are_written(root: Path) -> None:
    signature = functions(root / "src/shop/hooks.py")["plain"].signature

    assert signature.takes_any
    assert signature.parameters == {
        "a": Parameter(None, required=True),
        "b": Parameter("int", required=False),
        "c": Parameter("str", required=True),
        "d": Parameter(None, required=False),
    }


def test_airflows_decorators_are_told_from_others(root: Path) -> None:
    found = functions(root / "src/shop/hooks.py")

    assert {name for name, function in found.items() if function.is_task} == {
        "decorated",
        "branch",
        "renamed",
        "by_module",
    }
    assert {"plain", "later", "cached", "elsewhere"} < set(found)


def test_modules_are_found_below_src_only(root: Path) -> None:
    (root / "outside.py").write_text("")
    (root / "src" / "link.py").symlink_to(root / "outside.py")

    assert module_file(root, "shop.hooks") == root / "src/shop/hooks.py"
    assert module_file(root, "shop") == root / "src/shop/__init__.py"
    assert module_file(root, "shop.other") is None
    assert module_file(root, "link") is None
    assert packages(root) == ("link", "shop", "single")


def test_a_project_without_source_has_no_functions(tmp_path: Path) -> None:
    assert packages(tmp_path) == ()
    assert module_file(tmp_path, "shop.hooks") is None
