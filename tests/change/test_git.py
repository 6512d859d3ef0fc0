from __future__ import annotations

from pathlib import Path

import pytest

from headrace.change.git import Git, GitError, MissingObjectError
from repositories import Repository, git, repository


def test_files_of_a_tree_with_any_name_but_no_submodule(repo: Repository, tmp_path: Path) -> None:
    other = repository(tmp_path / "other")
    repo.write({"conf/dataset/Flüge im März.csv": "a,b\n", "conf/empty": ""})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.top), "conf/module")
    repo.commit()

    entries = Git(repo.root).entries("HEAD:conf")

    names = [entry.path for entry in entries]
    assert "dataset/Flüge im März.csv" in names
    assert not [name for name in names if name.startswith("module")]
    contents = Git(repo.root).contents([entry.oid for entry in entries])
    assert {contents[entry.oid] for entry in entries if entry.path in ("empty", "dataset/Flüge im März.csv")} == {
        b"",
        b"a,b\n",
    }


def test_an_object_that_is_not_here(repo: Repository) -> None:
    with pytest.raises(MissingObjectError):
        Git(repo.root).contents(["0" * 40])
    with pytest.raises(MissingObjectError):
        Git(repo.root).entries("0" * 40)


def test_outside_of_a_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not in a git repository"):
        Git(tmp_path).require_repository()


def test_git_is_missing(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(GitError, match="git is not installed"):
        Git(repo.root).require_repository()


def test_a_monitor_that_the_repository_configures_is_not_started(repo: Repository, tmp_path: Path) -> None:
    script = tmp_path / "monitor.sh"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    script.chmod(0o755)
    git(repo.top, "config", "core.fsmonitor", str(script))

    repo.change()

    assert not (tmp_path / "started").exists()
