"""Which MLflow a pipeline talks to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from headrace.tracking.settings import database_file, is_link, is_server, tracking_settings, without_credentials

HOME = Path("/project/.headrace")
TEAM = {"MLFLOW_TRACKING_URI": "https://mlflow.team/"}


def slice_of(**tracking: str) -> dict[str, object]:
    return {"pipeline": "late", "tracking": {"uri": None, "registry_uri": None, "experiment": None, **tracking}}


def test_without_any_setting_it_is_a_database_in_the_home_folder() -> None:
    settings = tracking_settings(slice_of(), HOME, {})

    assert settings.tracking_uri == settings.registry_uri == "sqlite:////project/.headrace/mlflow.db"
    assert settings.artifact_root == "file:///project/.headrace/mlartifacts"
    assert settings.experiment == "late"


def test_mlflows_own_settings_come_before_the_database() -> None:
    settings = tracking_settings(slice_of(), HOME, TEAM)

    assert settings.tracking_uri == settings.registry_uri == "https://mlflow.team"
    assert settings.artifact_root is None  # the server decides


def test_yaml_comes_before_mlflows_own_settings() -> None:
    settings = tracking_settings(slice_of(uri="https://other", experiment="flights"), HOME, TEAM)

    assert settings.tracking_uri == "https://other"
    assert settings.experiment == "flights"


def test_the_registry_may_be_elsewhere() -> None:
    environ = {**TEAM, "MLFLOW_REGISTRY_URI": "https://registry.team"}

    assert tracking_settings(slice_of(), HOME, environ).registry_uri == "https://registry.team"
    assert tracking_settings(slice_of(registry_uri="https://mine"), HOME, environ).registry_uri == "https://mine"


@pytest.mark.parametrize(
    ("tracking", "registry"), [("databricks", "databricks-uc"), ("databricks://team", "databricks-uc://team")]
)
def test_databricks_registers_in_its_unity_catalog(tracking: str, registry: str) -> None:
    assert tracking_settings(slice_of(uri=tracking), HOME, {}).registry_uri == registry


def test_a_relative_database_of_the_yaml_starts_at_the_project() -> None:
    settings = tracking_settings(slice_of(uri="sqlite:///state/runs.db"), HOME, {}, root=Path("/project"))

    assert settings.tracking_uri == "sqlite:////project/state/runs.db"


def test_a_relative_database_of_the_environment_starts_where_the_command_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    settings = tracking_settings(slice_of(), HOME, {"MLFLOW_TRACKING_URI": "sqlite:///runs.db"}, root=Path("/project"))

    assert settings.tracking_uri == f"sqlite:///{tmp_path / 'runs.db'}"


def test_a_database_server_keeps_artifacts_where_mlflows_setting_says() -> None:
    uri = "postgresql://mlflow:pw@db/mlflow"
    environ = {"MLFLOW_DEFAULT_ARTIFACT_ROOT": "s3://team/mlflow"}

    assert tracking_settings(slice_of(uri=uri), HOME, environ).artifact_root == "s3://team/mlflow"


def test_an_address_is_shown_without_its_credentials() -> None:
    settings = tracking_settings(slice_of(uri="https://ann:s3cret@mlflow.team"), HOME, {})

    assert settings.address == settings.registry_address == "https://mlflow.team"
    assert tracking_settings(slice_of(uri="mysql://h/db?password=s3cret"), HOME, {}).address == "mysql://h/db"
    assert without_credentials("GET https://ann:s3cret@mlflow.team/x failed") == "GET https://mlflow.team/x failed"


def test_runs_are_seen_on_the_server_or_where_the_environment_says() -> None:
    def shown_at(environ: dict[str, str], **tracking: str) -> str:
        return tracking_settings(slice_of(**tracking), HOME, environ).shown_at

    assert shown_at({}, uri="https://ann:s3cret@mlflow.team/") == "https://mlflow.team"
    assert shown_at({"HEADRACE_MLFLOW_UI": "http://127.0.0.1:5000/"}) == "http://127.0.0.1:5000"
    assert not is_server(shown_at({}))


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("https://mlflow.team/#/runs/1", True),
        ("https://ann:s3cret@mlflow.team/", False),
        ("javascript:alert(1)", False),
        ("sqlite:///mlflow.db", False),
        ("", False),
    ],
)
def test_a_link_is_an_address_that_everybody_may_see(address: str, is_one: bool) -> None:
    assert is_link(address) is is_one


def test_addresses_are_told_apart() -> None:
    assert database_file("sqlite:////a/b.db?timeout=5") == Path("/a/b.db")
    assert database_file("sqlite:///:memory:") is None
    assert database_file("https://mlflow.team") is None
    assert is_server("https://mlflow.team")
    assert not is_server("sqlite:////a/b.db")


def test_nothing_of_mlflow_is_imported() -> None:
    code = (
        "import sys, headrace.tracking, headrace.registry\n"
        "found = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(found & {'mlflow', 'sqlalchemy', 'pandas', 'numpy', 'sklearn', 'pyarrow', 'requests'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=child_env())

    assert done.stdout.strip() == "[]"


def child_env() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
