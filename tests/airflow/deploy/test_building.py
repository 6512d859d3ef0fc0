"""A built folder: what is in it, what a rebuild does to it, and when it is stale."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from airflow_runs import project_of
from headrace.errors import ConfigError, UsageError
from headrace.project import Project
from headrace_airflow.deploy.building import build_folder, stale
from headrace_airflow.deploy.choices import Choices
from headrace_airflow.deploy.manifest import read_manifest
from projects import CHURN_PIPELINE, Sandbox, churn_project

ONE = Choices()


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    sandbox = churn_project(tmp_path_factory.mktemp("compiled") / "project")
    sandbox.write("conf/pipeline/leaver.yaml", CHURN_PIPELINE + "seed: 3\n")
    build_folder(project_of(sandbox), sandbox.root / "built", ONE)
    return sandbox


@pytest.fixture
def sandbox(compiled: Sandbox, tmp_path: Path) -> Sandbox:
    """A copy of the compiled project, in another folder: paths are facts, so it is compiled again where it is used."""
    shutil.copytree(compiled.root, tmp_path / "project")
    return Sandbox(tmp_path / "project")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_equal_input_gives_equal_bytes_wherever_it_is_built(
    compiled: Sandbox, sandbox: Sandbox, tmp_path: Path
) -> None:
    build_folder(project_of(sandbox), tmp_path / "again", ONE)

    assert contents(tmp_path / "again") == contents(compiled.root / "built")


def test_the_folder_carries_plans_specifications_and_one_readable_loader_each(compiled: Sandbox) -> None:
    folder = compiled.root / "built"
    manifest = read_manifest(folder)
    assert manifest

    assert sorted(contents(folder)) == sorted([*manifest.files, "headrace.json"])
    churn = manifest.pipelines["churn"]
    assert json.loads((folder / "plans" / f"{churn.plan}.json").read_text())["digest"] == churn.plan
    assert json.loads((folder / churn.spec).read_text())["spec"]["plan"] == churn.plan
    loader = (folder / churn.loader).read_text()
    assert 'load_built(__file__, "churn")' in loader
    assert "airflow" in loader.lower()
    assert "dag" in loader.lower()
    assert str(compiled.root) not in b"".join(contents(folder).values()).decode()


def test_a_rebuild_writes_what_changed_and_removes_what_is_gone_and_nothing_else(sandbox: Sandbox) -> None:
    project, folder = project_of(sandbox), sandbox.root / "built"
    (folder / "dags" / "own.py").write_text("# somebody's own")
    before = {path: (folder / path).stat().st_mtime_ns for path in contents(folder)}
    (sandbox.root / "conf/pipeline/leaver.yaml").unlink()
    sandbox.write("conf/pipeline/joiner.yaml", CHURN_PIPELINE + "seed: 4\n")

    build_folder(project, folder, ONE)

    assert not (folder / "dags/leaver.py").exists()
    assert not (folder / "dags/leaver.json").exists()
    assert (folder / "dags/joiner.py").exists()
    assert (folder / "dags/own.py").exists()
    assert (folder / "dags/churn.py").stat().st_mtime_ns == before["dags/churn.py"]
    assert (folder / "dags/churn.json").stat().st_mtime_ns == before["dags/churn.json"]
    assert stale(project, folder) == []


def test_a_loader_whose_dag_changed_looks_changed_to_airflow(sandbox: Sandbox) -> None:
    folder = sandbox.root / "built"
    before = (folder / "dags/churn.py").stat().st_mtime_ns
    sandbox.edit("conf/pipeline/churn.yaml", "min: 0.6", "min: 0.7")

    build_folder(project_of(sandbox), folder, ONE)

    assert (folder / "dags/churn.py").stat().st_mtime_ns > before


def test_a_loader_is_another_text_when_its_dag_is_another_so_that_git_and_rsync_copy_it(sandbox: Sandbox) -> None:
    folder = sandbox.root / "built"
    before = contents(folder)
    sandbox.edit("conf/pipeline/churn.yaml", "min: 0.6", "min: 0.7")

    built = build_folder(project_of(sandbox), folder, ONE)

    after = contents(folder)
    assert after["dags/churn.py"] != before["dags/churn.py"]
    assert after["dags/leaver.py"] == before["dags/leaver.py"]
    assert f"is {built.manifest.pipelines['churn'].digest[:12]}:" in after["dags/churn.py"].decode()


def test_files_of_somebody_else_are_not_overwritten(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "out" / "dags").mkdir(parents=True)
    (tmp_path / "out" / "dags" / "churn.py").write_text("# somebody's own")

    with pytest.raises(UsageError, match=r"dags/churn\.py"):
        build_folder(project_of(sandbox), tmp_path / "out", ONE)

    assert list(contents(tmp_path / "out")) == ["dags/churn.py"]


def test_a_manifest_that_was_tampered_with_removes_nothing_outside(sandbox: Sandbox) -> None:
    folder = sandbox.root / "built"
    document = json.loads((folder / "headrace.json").read_text())
    document["files"] |= {"../victim.txt": "0", "/etc/victim": "0", "dags/../../victim.txt": "0"}
    (folder / "headrace.json").write_text(json.dumps(document))
    sandbox.write("victim.txt", "mine")

    build_folder(project_of(sandbox), folder, ONE)

    assert (sandbox.root / "victim.txt").exists()


def test_a_broken_pipeline_keeps_the_folder_from_being_written_unless_told_to_go_on(sandbox: Sandbox) -> None:
    project, folder = project_of(sandbox), sandbox.root / "built"
    before = contents(folder)
    sandbox.edit("conf/pipeline/leaver.yaml", "gates:", "gatez:")

    with pytest.raises(ConfigError, match="gatez"):
        build_folder(project, folder, ONE)
    assert contents(folder) == before

    built = build_folder(project, folder, ONE, keep_going=True)
    entry = json.loads((folder / "dags/leaver.json").read_text())
    assert built.manifest.pipelines["leaver"].plan is None
    assert entry["spec"] is None
    assert entry["diagnostics"][0]["line"]
    assert "gatez" in str(stale(project, folder)[0])


def test_shards_hold_as_many_as_was_said(sandbox: Sandbox, tmp_path: Path) -> None:
    built = build_folder(project_of(sandbox), tmp_path / "out", Choices(per_file=2))

    assert {pipeline.loader for pipeline in built.manifest.pipelines.values()} == {"dags/pipelines_001.py"}
    loader = (tmp_path / "out" / "dags/pipelines_001.py").read_text()
    for name, pipeline in built.manifest.pipelines.items():
        assert f'\n    "{name}",  # {pipeline.digest[:12]}\n' in loader
    compile(loader, "pipelines_001.py", "exec")


@pytest.mark.parametrize("per_file", [0, 51])
def test_a_shard_that_airflow_could_not_read_in_time_is_refused(
    sandbox: Sandbox, tmp_path: Path, per_file: int
) -> None:
    with pytest.raises(UsageError, match="--per-file"):
        build_folder(project_of(sandbox), tmp_path / "out", Choices(per_file=per_file))


@pytest.mark.parametrize("folder", [".", "conf", "conf/dags", ".headrace"])
def test_the_projects_own_folders_are_not_built_into(sandbox: Sandbox, folder: str) -> None:
    with pytest.raises(UsageError, match="own folder"):
        build_folder(project_of(sandbox), sandbox.root / folder, ONE)


def test_what_makes_a_folder_stale_is_named(sandbox: Sandbox) -> None:
    project, folder = project_of(sandbox), sandbox.root / "built"
    assert stale(project, folder) == []
    sandbox.edit("conf/pipeline/churn.yaml", "min: 0.6", "min: 0.7")
    (sandbox.root / "conf/pipeline/leaver.yaml").unlink()
    sandbox.write("conf/pipeline/joiner.yaml", CHURN_PIPELINE)
    (folder / "dags/churn.py").write_text("# edited")

    messages = [problem.message for problem in stale(project, folder)]

    assert any(message.startswith("churn has plan") for message in messages)
    assert "leaver is in the built folder, and no pipeline any more" in messages
    assert "joiner is not in the built folder" in messages
    assert "dags/churn.py is not as it was built" in messages
    assert stale(project, sandbox.root / "conf")[0].code == "HR413"


def test_a_comment_makes_nothing_stale(sandbox: Sandbox) -> None:
    project: Project = project_of(sandbox)
    path = sandbox.root / "conf/pipeline/churn.yaml"
    first, rest = path.read_text().split("\n", 1)
    path.write_text(f"{first}\n# a comment, which moves every line\n{rest}")

    assert stale(project, sandbox.root / "built") == []
