from __future__ import annotations

from pathlib import Path

import pytest

import headrace
from headrace.change.revision import find_revision
from headrace.change.surroundings import surroundings
from repositories import Repository


def notes(repo: Repository) -> list[str]:
    return list(surroundings(repo.project, find_revision(repo.root, "HEAD")))


def test_other_packages_are_told(repo: Repository) -> None:
    repo.write({"requirements.txt": "polars==1\n"})
    assert notes(repo)[0].startswith("requirements.txt differs")
    repo.commit()
    assert notes(repo) == []
    repo.write({"requirements.txt": "polars==1\r\n"})
    assert notes(repo) == []
    repo.write({"requirements.txt": "polars==2\n", "uv.lock": ""})
    assert notes(repo)[0].startswith("requirements.txt, uv.lock differ: ")


def test_headrace_s_own_code_is_told_where_the_project_holds_it(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.write({"pipeline/headrace/__init__.py": "", "pipeline/headrace/new.py": "a = 1\n"})
    repo.commit()
    monkeypatch.setattr(headrace, "__file__", str(Path(repo.root, "pipeline/headrace/__init__.py")))
    assert notes(repo) == []

    repo.write({"pipeline/headrace/new.py": "a = 2\n"})

    assert notes(repo)[0].startswith("headrace's own code differs too")
