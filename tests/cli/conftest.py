from __future__ import annotations

from pathlib import Path

import pytest

from config_folder import FILES, ProjectFolder


@pytest.fixture
def project(tmp_path: Path) -> ProjectFolder:
    folder = ProjectFolder(tmp_path)
    folder.write(FILES)
    return folder
