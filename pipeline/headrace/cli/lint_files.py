"""What the words of `headrace lint FILE…` mean: pipelines by name, or files below conf/ by path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from headrace.errors import UsageError
from headrace.lint.files import FileFacts, read_files
from headrace.lint.project import pipelines_of
from headrace.project import Project


@dataclass(frozen=True, slots=True)
class Chosen:
    """The pipelines to lint, and the files that were named, from the project's root on."""

    pipelines: tuple[str, ...]
    files: tuple[str, ...] = ()


def chosen(project: Project, words: list[str]) -> Chosen:
    """All pipelines without words; else those that are named, or made of the files that are named.

    Raises UsageError for a word that is neither a pipeline nor a file or folder below conf/.
    """
    everything = project.pipelines()
    if not words:
        return Chosen(tuple(everything))
    facts: tuple[FileFacts, ...] | None = None
    names: dict[str, None] = {}
    files: dict[str, None] = {}
    for word in words:
        if word in everything:
            names[word] = None
            continue
        facts = read_files(project) if facts is None else facts
        for file in _files(project, word):
            files[file] = None
            names.update(dict.fromkeys(pipelines_of(project, facts, file)))
    in_order = [name for name in everything if name in names]
    return Chosen(tuple(in_order), tuple(files))


def _files(project: Project, word: str) -> list[str]:
    """The file, or the files of the folder, from here or from the project's root on."""
    for path in (Path(word), project.root / word):
        absolute = Path.cwd() / path
        if not (absolute.exists() or absolute.is_symlink()):
            continue
        # Links in the name are kept: a link below conf/ is what is asked about, not what it leads to.
        here = absolute.parent.resolve() / absolute.name if absolute.name else absolute.resolve()
        conf = project.conf.resolve()
        if not here.is_relative_to(conf):
            continue
        inside = sorted(here.rglob("*")) if here.is_dir() and not here.is_symlink() else [here]
        return [f"{project.conf.name}/{item.relative_to(conf).as_posix()}" for item in inside]
    raise UsageError(
        f"{word} is neither a pipeline nor a file under {project.conf}",
        remedy=f"the pipelines are {', '.join(project.pipelines()) or 'none yet'}",
    )
