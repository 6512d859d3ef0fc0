"""A new pipeline's files, through the functions that the command calls."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from headrace.lint import lint
from headrace.project import Project, find_project
from headrace.scaffold.pipeline import NewPipeline, plan_pipeline, write_pipeline
from headrace.scaffold.refusal import RefusalError

REPOSITORY = Path(__file__).parents[2]
HEAD = "id,size,kind,left"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    shutil.copytree(REPOSITORY / "conf", tmp_path / "project" / "conf")
    return find_project(tmp_path / "project")


def _rows(count: int = 80) -> str:
    lines = [f"{n},{n * 37 % 101},{'abc'[n % 3]},{'yes' if n * 37 % 101 + n % 7 > 50 else 'no'}" for n in range(count)]
    return "\n".join([HEAD, *lines]) + "\n"


def _data(folder: Path, text: str, name: str = "shop.csv") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _plan(project: Project, data: Path, target: str = "left", name: str = "shop") -> NewPipeline:
    return plan_pipeline(project, name, data, target, None)


def _files(project: Project) -> set[str]:
    return {path.relative_to(project.root).as_posix() for path in project.root.rglob("*") if path.is_file()}


def test_the_files_are_written_and_lint_finds_nothing(project: Project, tmp_path: Path) -> None:
    new = _plan(project, _data(tmp_path, _rows()))
    before = _files(project)
    write_pipeline(project, new, force=False)

    made = {"conf/pipeline/shop.yaml", "conf/dataset/shop.yaml", "conf/validation/shop.yaml", "data/shop.csv"}
    assert _files(project) - before == made
    assert lint(project, ["shop"]) == ()


def test_data_in_the_project_stays_where_it_is(project: Project) -> None:
    new = _plan(project, _data(project.root / "tables", _rows(), "of shops.csv"))
    assert new.copy is None
    assert "path: tables/of shops.csv" in new.files[Path("conf/dataset/shop.yaml")]


def test_nothing_is_replaced_without_force(project: Project, tmp_path: Path) -> None:
    new = _plan(project, _data(tmp_path, _rows()))
    write_pipeline(project, new, force=False)
    written = project.root / "conf" / "pipeline" / "shop.yaml"
    written.write_text("mine")
    (project.root / "conf" / "validation" / "shop.yaml").unlink()

    with pytest.raises(RefusalError, match=r"already there: .*conf/pipeline/shop.yaml") as caught:
        write_pipeline(project, new, force=False)

    assert caught.value.code == "HR227"
    assert written.read_text() == "mine"
    assert not (project.root / "conf" / "validation" / "shop.yaml").exists()
    write_pipeline(project, new, force=True)
    assert written.read_text() != "mine"


def test_a_write_that_fails_leaves_nothing_behind(project: Project, tmp_path: Path) -> None:
    new = _plan(project, _data(tmp_path, _rows()))
    shutil.rmtree(project.conf / "validation")
    (project.conf / "validation").write_text("a file where a folder should be")
    before = _files(project)

    with pytest.raises(RefusalError) as caught:
        write_pipeline(project, new, force=False)

    assert caught.value.code == "HR221"
    assert _files(project) == before


@pytest.mark.parametrize(
    ("text", "target", "name", "code"),
    [
        (_rows(), "lft", "shop", "HR223"),
        (_rows(20), "left", "shop", "HR225"),
        (_rows(), "left", "My Shop", "HR220"),
        (_rows(), "left", "yes", "HR220"),
        ("id,left\n" + "".join(f"{n},{n % 2}\n" for n in range(50)), "left", "shop", "HR226"),
        ("left\n" + "0\n1\n" * 50, "left", "shop", "HR226"),
        ("a,b\n1,2\n1,2,3\n" * 40, "a", "shop", "HR222"),
        ("", "left", "shop", "HR221"),
    ],
)
def test_refusals_leave_nothing_behind(
    project: Project, tmp_path: Path, text: str, target: str, name: str, code: str
) -> None:
    before = _files(project)
    with pytest.raises(RefusalError) as caught:
        _plan(project, _data(tmp_path, text), target, name)
    assert caught.value.code == code
    assert caught.value.remedy
    assert _files(project) == before


def test_a_name_that_cannot_be_one_gets_a_suggestion(project: Project, tmp_path: Path) -> None:
    with pytest.raises(RefusalError) as caught:
        _plan(project, _data(tmp_path, _rows()), name="2 My-Shop!")
    assert caught.value.remedy == "write model_2_my_shop"
