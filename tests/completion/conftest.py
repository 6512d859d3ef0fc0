"""A project that was compiled, with its schema files."""

from __future__ import annotations

import pytest

from headrace.project import Project
from projects import Sandbox, copy_of_repository


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    sandbox = copy_of_repository(tmp_path_factory.mktemp("completion") / "project", ["wine_cultivars", "flight_delays"])
    for words in (("compile",), ("schema",)):
        done = sandbox.headrace(*words)
        assert done.code == 0, done.err
    return sandbox


@pytest.fixture(scope="session")
def project(sandbox: Sandbox) -> Project:
    return Project(sandbox.root, sandbox.home)
