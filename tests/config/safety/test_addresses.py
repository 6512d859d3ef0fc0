from __future__ import annotations

import pytest

from config_folder import FILES, ProjectFolder


@pytest.fixture
def project(tmp_path) -> ProjectFolder:
    folder = ProjectFolder(tmp_path)
    folder.write(FILES)
    return folder


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:5000",
        "https://mlflow.example.com/team",
        "http://10.1.2.3:5000",
        "http://mlflow.internal",
        "sqlite:///mlflow.db",
        "postgresql+psycopg2://me:${secret:PW}@db/mlflow",
        "https://me:${secret:PW}@mlflow.example.com",
        "databricks",
        "databricks://profile",
        "${secret:ADDRESS}",
    ],
)
def test_where_a_team_keeps_its_mlflow(project: ProjectFolder, uri: str) -> None:
    project.edit("conf/pipeline/late.yaml", "task: binary", f"tracking: {{uri: '{uri}'}}\ntask: binary")
    assert project.compile()[0].tracking.uri == uri
