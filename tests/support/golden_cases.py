"""Bad configurations as files: what is edited in a small project, and what linting it says, to the letter.

`NAME.toml` holds the edits, `NAME.out` beside it the output. `UPDATE_GOLDEN=1 pytest …` writes the outputs anew: read
the difference before it is committed.

    what = "an option that does not exist"
    overrides = []                          # of the pipeline `late`, where there are any
    [[edit]]
    file = "conf/pipeline/late.yaml"        # of the project in `config_folder.FILES`
    before = "/model: boosted"              # text that is there, and what it becomes
    after = "/model: bosted"
    # instead of before and after: text = "…", hex = "fffe", repeat = ["ab", 1000], link = "TARGET",
    # folder = true, delete = true, append = "…", or mode = "000"
"""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config_folder import FILES, ProjectFolder
from headrace.lint import lint
from headrace.plan.compile import compile_pipeline
from headrace.project import Project

GOLDEN = Path(__file__).parents[1] / "config" / "golden"


def cases() -> Iterator[tuple[str, Path]]:
    """Every case of every area, as `area/name` and its file."""
    for path in sorted(GOLDEN.glob("*/*.toml")):
        yield f"{path.parent.name}/{path.stem}", path


def said(case: Path, root: Path, index: Path) -> str:
    """What is said of the project after the case's edits; `index` is the folder of a built estimator index."""
    document = tomllib.loads(case.read_text(encoding="utf-8"))
    folder = ProjectFolder(root)
    folder.write(FILES)
    for edit in document.get("edit", []):
        _edit(folder, edit)
    project = Project(root, root / ".headrace")
    shutil.copytree(index, project.home / "compiled")
    overrides = document.get("overrides", [])
    if overrides:
        found = compile_pipeline(project, "late", overrides).diagnostics
    else:
        found = lint(project, project.pipelines())
    return "".join(f"{diagnostic}\n" for diagnostic in found)


def expected(case: Path, found: str) -> str:
    """The golden output; with UPDATE_GOLDEN it becomes what was found."""
    golden = case.with_suffix(".out")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(found, encoding="utf-8")
    return golden.read_text(encoding="utf-8")


def _edit(folder: ProjectFolder, edit: dict[str, Any]) -> None:
    path = folder.root / edit["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    if "before" in edit:
        folder.edit(edit["file"], edit["before"], edit["after"])
    elif "append" in edit:
        folder.write({edit["file"]: path.read_text() + edit["append"]})
    elif "mode" in edit:
        path.chmod(int(edit["mode"], 8))
    else:
        _replace(path, edit)


def _replace(path: Path, edit: dict[str, Any]) -> None:
    path.unlink(missing_ok=True)
    if "link" in edit:
        path.symlink_to(edit["link"])
    elif "folder" in edit:
        path.mkdir()
    elif "hex" in edit:
        path.write_bytes(bytes.fromhex(edit["hex"]))
    elif "repeat" in edit:
        text, times = edit["repeat"]
        path.write_text(text * times, encoding="utf-8")
    elif "text" in edit:
        path.write_bytes(edit["text"].encode())
