"""`headrace new`: looks at a table and writes the files of a pipeline that learns from it."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from headrace.config.schema.modelling import Task
from headrace.data.tables import read_table
from headrace.project import Project
from headrace.scaffold.decide.bounds import column_rules
from headrace.scaffold.decide.columns import choose_columns
from headrace.scaffold.decide.contest import choose_model
from headrace.scaffold.decide.draft import Draft, time_parts
from headrace.scaffold.decide.rehearsal import rehearse
from headrace.scaffold.decide.target import choose_target, find_column
from headrace.scaffold.project import model_options
from headrace.scaffold.refusal import EXISTS, FEATURES, FILE, NAME, RefusalError
from headrace.scaffold.survey.columns import Understood, understand
from headrace.scaffold.survey.file_kind import kind_of_file
from headrace.scaffold.survey.number_text import quoted
from headrace.scaffold.survey.reading import SurveyedTable, survey
from headrace.scaffold.write.files import texts

if TYPE_CHECKING:
    import polars as pl

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_TAKEN_BY_YAML = ("null", "true", "false", "yes", "no", "on", "off", "y", "n", "none", "table")
_LARGEST_COPY = 2 << 30
_SEED = 42


@dataclass(frozen=True, slots=True)
class NewPipeline:
    """What is to be written, and what was seen."""

    draft: Draft
    files: dict[Path, str]
    """Path in the project -> text."""
    copy: tuple[Path, Path] | None
    """A file from elsewhere, and where in the project its copy goes."""


def plan_pipeline(project: Project, name: str, data: Path, target: str, task: Task | None) -> NewPipeline:
    """Everything that `write_pipeline` would write, and nothing is written; RefusalError if no model makes sense."""
    _check_name(name)
    file = data.resolve()
    table = survey(file, kind_of_file(data), target)
    find_column(target, table.frame.columns)
    understood = understand(table.frame, target)
    draft = _draft(name, table, understood, target, task)
    copy = _copy(project, name, file)
    path = copy[1] if copy else file.relative_to(project.root)
    with TemporaryDirectory(prefix="headrace-new-") as scratch:
        folder = Path(scratch)
        draft = rehearse(draft, understood, file, folder)
        draft = choose_model(draft, model_options(project.conf), folder, _SEED)
        rules = column_rules(draft, _learned_from(draft, folder))
    source = draft.source.model_copy(update={"path": path.as_posix()})
    draft = replace(draft, source=source)
    made = {Path("conf") / below: text for below, text in texts(draft, rules, data.name).items()}
    option = Path("conf", "model", f"{draft.model_option}.yaml")
    if not (project.root / option).is_file():
        made[option] = (model_options(None) / option.name).read_text(encoding="utf-8")
    return NewPipeline(draft, made, copy)


def write_pipeline(project: Project, new: NewPipeline, *, force: bool) -> None:
    """Write the files, or none of them. RefusalError if one is there already and may not be replaced."""
    targets = [project.root / path for path in new.files] + ([project.root / new.copy[1]] if new.copy else [])
    there = [path.relative_to(project.root).as_posix() for path in targets if path.exists()]
    if there and not force:
        raise RefusalError(
            EXISTS, f"already there: {', '.join(there)}", "choose another name, or replace them with --force"
        )
    made: list[Path] = []
    try:
        _write(project.root, new, made)
    except OSError as error:
        for path in made if not force else ():
            path.unlink(missing_ok=True)
        raise RefusalError(FILE, f"{error.filename} cannot be written: {error.strerror}", "check the folder") from error


def _write(root: Path, new: NewPipeline, made: list[Path]) -> None:
    """Write everything; `made` is added to before each file, so that whoever catches an error can take it back."""
    if new.copy:
        copied = root / new.copy[1]
        copied.parent.mkdir(parents=True, exist_ok=True)
        made.append(copied)
        shutil.copyfile(new.copy[0], copied)
    for path, text in new.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        made.append(root / path)
        (root / path).write_text(text, encoding="utf-8")


def _check_name(name: str) -> None:
    if _NAME.fullmatch(name) and name not in _TAKEN_BY_YAML:
        return
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:50]
    plain = plain if plain[:1].isalpha() else f"model_{plain}".rstrip("_")
    plain = f"{plain}_model" if plain in _TAKEN_BY_YAML else plain
    message = f"{name!r} cannot name a pipeline: small letters, digits and _, and a letter first"
    raise RefusalError(NAME, message, f"write {plain}")


def _draft(name: str, table: SurveyedTable, understood: Understood, target: str, task: Task | None) -> Draft:
    frame = understood.frame
    chosen = choose_target(frame[target], task)
    columns = choose_columns(understood, target, chosen.task)
    derived = [
        part
        for column in columns
        if column.role == "time"
        for part in time_parts(column.name, understood.sql.get(column.name, quoted(column.name)), frame)
    ]
    ids = [c.name for c in columns if c.role == "id" and frame[c.name].n_unique() == frame.height]
    ids = [i for i in ids if not frame[i].null_count() and i not in understood.sql]
    number = None if ids else _free_name("row_number", frame.columns)
    used = {c.name for c in columns if c.role in ("numeric", "categorical", "time", "group", "target")} | set(ids[:1])
    if not any(c.role in ("numeric", "categorical") for c in columns) and not derived:
        reasons = "; ".join(f"{c.name} ({c.why})" for c in columns if c.role not in ("target",))[:600]
        raise RefusalError(
            FEATURES,
            f"no column can be a feature: {reasons or 'the target is the only column'}",
            "give a file with columns that are known before the target is",
        )
    return Draft(
        name=name,
        source=table.source,
        source_notes=table.notes,
        rows=frame.height - chosen.missing,
        columns=tuple(columns),
        target=chosen,
        sql={column: sql for column, sql in understood.sql.items() if column in used},
        sql_notes=dict(understood.notes),
        derived=tuple(derived),
        row_id=ids[0] if ids else str(number),
        row_number=number,
    )


def _free_name(name: str, taken: list[str]) -> str:
    folded = {column.lower() for column in taken}
    while name in folded:
        name += "_"
    return name


def _copy(project: Project, name: str, file: Path) -> tuple[Path, Path] | None:
    """Data from elsewhere is copied into the project, so that the project works on other machines too."""
    if file.is_relative_to(project.root):
        inside = file.relative_to(project.root).as_posix()
        if re.fullmatch(r"[\w ./-]+", inside) and not file.is_relative_to(project.home):
            return None
    if file.stat().st_size > _LARGEST_COPY:
        raise RefusalError(
            FILE, f"{file.name} is too large to be copied", f"move it into {project.root}/data and name it there"
        )
    suffixes = "".join(suffix.lower() for suffix in file.suffixes if suffix.lower() in _SUFFIXES)
    return file, Path("data") / f"{name}{suffixes or '.csv'}"


_SUFFIXES = (".csv", ".tsv", ".txt", ".data", ".dat", ".tab", ".gz", ".zip", ".parquet", ".pq")


def _learned_from(draft: Draft, folder: Path) -> pl.DataFrame:
    """All rows of the table that the rehearsal made."""
    import polars as pl

    parts = sorted((folder / "parts").glob("*.parquet"))
    wanted = [*draft.kept, *(part.name for part in draft.derived)]
    return pl.concat([read_table(path, wanted) for path in parts])
