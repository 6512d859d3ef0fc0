"""A small part of `make fuzz`: mutated configurations end in a plan or in located diagnostics."""

from __future__ import annotations

from time import process_time

import pytest

from config_mutations import STEPS, apply, bases, steps
from fuzzing import Case, Compiler, Finding, difference

#: Processor seconds for all cases here; `make fuzz` goes on.
SECONDS = 14.0


@pytest.fixture(scope="module")
def compiler(tmp_path_factory: pytest.TempPathFactory) -> Compiler:
    return Compiler(tmp_path_factory.mktemp("fuzz"))


def test_configurations_end_in_a_plan_or_in_diagnostics(compiler: Compiler) -> None:
    began, done, findings = process_time(), 0, list[Finding]()
    while process_time() - began < SECONDS:
        if found := compiler.judge(Case.of(done)):
            findings.append(compiler.smaller(found))
        done += 1
    assert not findings, "\n".join(f"{finding}\n{difference(finding.case)}" for finding in findings)
    assert done >= 40


def test_what_is_not_changed_makes_a_plan(compiler: Compiler) -> None:
    for base in bases():
        assert compiler.judge(Case(0, base, ())) is None


def test_a_defect_is_found_and_made_small(compiler: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("x")

    case = next(case for seed in range(100) if len((case := Case.of(seed)).changes) > 2)
    monkeypatch.setattr("fuzzing.compile_pipeline", broken)
    found = compiler.judge(case)
    assert found is not None
    assert found.what.startswith("KeyError in")
    assert compiler.smaller(found).case.changes == ()


def test_a_case_is_the_same_every_time_and_every_change_occurs() -> None:
    base = bases()["late"]
    assert steps(7) == steps(7)
    assert apply(base, steps(7)[1]) == apply(base, steps(7)[1])
    assert {step.name for seed in range(300) for step in steps(seed)[1]} == set(STEPS)
