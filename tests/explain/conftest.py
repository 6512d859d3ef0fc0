from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the estimator index, which the first test that asks for it builds."""
    return tmp_path_factory.mktemp("index")
