"""Operators looked up in the Airflow that is installed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from headrace.operators import index
from headrace.operators.annotations import needs_python

STANDARD = "airflow.providers.standard"
APPROVAL = f"{STANDARD}.operators.hitl.ApprovalOperator"
ENTRY = f"{STANDARD}.operators.hitl.HITLEntryOperator"
FILE = f"{STANDARD}.sensors.filesystem.FileSensor"
PYTHON = f"{STANDARD}.operators.python.PythonOperator"
OWN = "shop.operators.OwnOperator"
NOT_THERE = (
    f"{STANDARD}.sensors.filesystem.FileSensr",
    f"{STANDARD}.sensors.filesystm.FileSensor",
    "airflow.sdk.BaseOperator",
    "airflow.sdk.DAG",
    f"{STANDARD}.operators.hitl.BaseOperator",
    "shop.broken.Operator",
    "shop.lacking.Operator",
    "shop.operators.FileSensor",
    "shop.operators.cities",
    "shop.operators.CITIES",
)
SOURCE = """
from airflow.providers.standard.sensors.filesystem import FileSensor
from airflow.sdk import BaseOperator

CITIES = ("Berlin",)

def cities(): return CITIES

class OwnOperator(BaseOperator):
    template_fields = ("city",)

    def __init__(self, city: str, days: "int" = 7, **kwargs):
        super().__init__(**kwargs)
        self.city = city

    def execute(self, context): ...
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("operators")
    (root / "src" / "shop").mkdir(parents=True)
    (root / "src" / "shop" / "operators.py").write_text(SOURCE)
    (root / "src" / "shop" / "broken.py").write_text("print('noise'); 1 / 0")
    (root / "src" / "shop" / "lacking.py").write_text("from shop.operators import lacking")
    return root


@pytest.fixture(scope="module")
def found(root: Path) -> dict[str, index.Operator]:
    return index.look_up(root / "cache", [APPROVAL, ENTRY, FILE, PYTHON, OWN, *NOT_THERE], root)


def test_parameters_of_the_class_and_of_those_it_is_made_of(found: dict[str, index.Operator]) -> None:
    parameters = found[FILE].signature.parameters

    assert {name for name, parameter in parameters.items() if parameter.required} == {"filepath"}
    assert "timedelta" in str(parameters["poke_interval"].annotation)
    assert "retries" not in parameters
    assert "retries" in found[FILE].shared
    assert not found[FILE].signature.takes_any


def test_what_a_class_says_itself_is_not_for_others_to_say(found: dict[str, index.Operator]) -> None:
    parameters = found[APPROVAL].signature.parameters

    assert "options" not in parameters
    assert parameters["subject"].required
    assert found[APPROVAL].template_fields == ("subject", "body")


def test_what_a_class_fills_in_need_not_be_given(found: dict[str, index.Operator]) -> None:
    assert not found[ENTRY].signature.parameters["options"].required


def test_a_function_is_recognised_as_no_plain_value(found: dict[str, index.Operator]) -> None:
    assert needs_python(found[PYTHON].signature.parameters["python_callable"].annotation)


def test_operators_of_the_project_are_looked_up_too(found: dict[str, index.Operator]) -> None:
    assert {name: bool(each.required) for name, each in found[OWN].signature.parameters.items()} == {
        "city": True,
        "days": False,
    }


def test_what_is_not_there_is_said_with_what_is(root: Path, found: dict[str, index.Operator]) -> None:
    problems = [found[name].problem for name in NOT_THERE]

    assert problems == [
        f"{STANDARD}.sensors.filesystem has no FileSensr",
        f"there is no module {STANDARD}.sensors.filesystm",
        "airflow.sdk.BaseOperator is what operators are made of, and does nothing itself",
        "airflow.sdk.DAG is no operator",
        f"{STANDARD}.operators.hitl.BaseOperator is what operators are made of, and does nothing itself",
        "shop.broken.Operator cannot be imported: ZeroDivisionError: division by zero",
        f"cannot import name 'lacking' from 'shop.operators' ({root / 'src' / 'shop' / 'operators.py'})",
        f"shop.operators.FileSensor is a class of {STANDARD}.sensors.filesystem: name it where it is",
        "shop.operators.cities is a function, and no operator",
        "shop.operators.CITIES is no operator",
    ]
    assert [found[name].there for name in NOT_THERE] == ["", "", *["other"] * 3, "", "", "", "function", "other"]
    assert found["shop.operators.FileSensor"].remedy == f"write `operator: {FILE}`"
    assert found["shop.operators.cities"].near == ("OwnOperator",)
    assert "FileSensor" in found[NOT_THERE[0]].near
    assert "filesystem" in found[NOT_THERE[1]].near


def test_what_was_found_is_kept_until_its_file_changes(root: Path, found: dict[str, index.Operator]) -> None:
    assert index.known(root / "cache", [APPROVAL, OWN]) == {name: found[name] for name in (APPROVAL, OWN)}

    file = root / "src" / "shop" / "operators.py"
    before = file.stat()
    file.write_text(SOURCE + "\n")
    try:
        assert set(index.known(root / "cache", [APPROVAL, OWN])) == {APPROVAL}
    finally:
        file.write_text(SOURCE)
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_what_is_not_there_is_looked_for_again_next_time(root: Path, found: dict[str, index.Operator]) -> None:
    assert found
    assert index.known(root / "cache", NOT_THERE) == {}
