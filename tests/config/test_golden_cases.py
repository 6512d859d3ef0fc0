"""Bad configurations and what is said of them: `golden/AREA/NAME.toml` and `NAME.out`."""

from __future__ import annotations

from pathlib import Path

import pytest

from golden_cases import cases, expected, said
from headrace.models.index import load_index

CASES = dict(cases())


@pytest.fixture(scope="session")
def estimator_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("estimators")
    load_index(folder)
    return folder


@pytest.mark.parametrize("name", CASES)
def test_what_is_said(name: str, tmp_path: Path, estimator_index: Path) -> None:
    found = said(CASES[name], tmp_path, estimator_index)
    assert found == expected(CASES[name], found)
