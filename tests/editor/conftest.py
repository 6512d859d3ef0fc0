"""A project with its schema files: building the estimator index takes seconds, so it is made once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from headrace.editor.catalog import Catalog, read_catalog
from headrace.editor.documents import documents
from headrace.editor.wiring import editor_settings
from headrace.editor.writing import write_schemas
from headrace.project import Project
from projects import copy_of_repository


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = copy_of_repository(tmp_path_factory.mktemp("editor") / "project").root
    project = Project(root, root / ".headrace")
    write_schemas(project)
    return project


@pytest.fixture(scope="session")
def catalog(project: Project) -> Catalog:
    return read_catalog(project)


@pytest.fixture(scope="session")
def schemas(catalog: Catalog) -> dict[str, Any]:
    return documents(catalog)


@pytest.fixture(scope="session")
def settings(schemas: dict[str, Any]) -> dict[str, Any]:
    """As `.vscode/settings.json` has them; the public catalogue of schemas is another server, and is not asked."""
    return {
        **editor_settings(schemas),
        "yaml.schemaStore.enable": False,
        "yaml.validate": True,
        "yaml.hover": True,
        "yaml.completion": True,
    }


@pytest.fixture
def copy(project: Project, tmp_path: Path) -> Project:
    """The project again, to change; its index is there already."""
    import shutil

    shutil.copytree(project.root, tmp_path / "copy")
    return Project(tmp_path / "copy", tmp_path / "copy" / ".headrace")
