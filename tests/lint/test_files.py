from __future__ import annotations

import os
import threading
from pathlib import Path

from config_folder import ProjectFolder
from headrace.lint.files import read_files
from headrace.project import Project


def problems(project: ProjectFolder) -> list[str]:
    facts = read_files(Project(project.root, project.root / ".headrace"))
    return [f"{problem.place} {problem.code}" for fact in facts for problem in fact.problems]


def test_a_file_is_looked_at_again_when_it_changed_and_not_before(project: ProjectFolder) -> None:
    project.edit("conf/model/forest.yaml", "params:", "parms:")
    assert problems(project) == ["conf/model/forest.yaml:2:1 HR140"]
    cache = project.root / ".headrace" / "compiled" / "files.json"
    cache.write_text(cache.read_text().replace("HR140", "HR999"))  # whoever looks again would not say this
    assert problems(project) == ["conf/model/forest.yaml:2:1 HR999"]
    project.edit("conf/model/forest.yaml", "parms:", "parmes:")
    assert problems(project) == ["conf/model/forest.yaml:2:1 HR140"]


def test_a_pipe_is_not_opened(project: ProjectFolder) -> None:
    os.mkfifo(project.conf / "model" / "pipe.yaml")
    done = threading.Event()
    found: list[str] = []

    def look() -> None:
        found.extend(problems(project))
        done.set()

    threading.Thread(target=look, daemon=True).start()
    assert done.wait(20)
    assert found == ["conf/model/pipe.yaml HR108"]


def test_a_damaged_cache_is_made_anew(project: ProjectFolder) -> None:
    cache = project.root / ".headrace" / "compiled" / "files.json"
    cache.parent.mkdir(parents=True)
    cache.write_text("{")
    assert problems(project) == []
    assert Path(cache).read_text().startswith('{"made_by"')
