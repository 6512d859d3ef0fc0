"""The words that may stand at the cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from headrace.completion.expected import Expected
from headrace.completion.overrides import keys, override_words
from headrace.errors import HeadraceError
from headrace.plan.cache import last_compiled
from headrace.project import Project, find_project

_GIT_PATIENCE = 0.1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word, and what to say of it where a shell shows that."""

    word: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the shell offers."""

    candidates: tuple[Candidate, ...] = ()
    files: str = ""
    """`files` or `folders`: the shell adds those by itself."""


def answer(at: Expected) -> Answer:
    """What fits at the cursor and begins with what is written there."""
    found = list(_words(at)) if not at.word.startswith("-") else []
    if at.options and (at.word.startswith("-") or not found):
        found += [Candidate(option.names[-1], option.help) for option in at.verb.options]
    fitting = dict.fromkeys(candidate for candidate in found if candidate.word.startswith(at.word))
    kind = at.argument.kind if at.argument is not None and not at.word.startswith("-") else ""
    chosen = tuple(Candidate(at.prefix + candidate.word, candidate.help) for candidate in fitting)
    return Answer(chosen, _FILES.get(kind, ""))


def _words(at: Expected) -> Iterable[Candidate]:
    if at.argument is None:
        return [Candidate(verb.name, verb.summary) for verb in at.verb.verbs]
    if at.argument.choices:
        return [Candidate(choice) for choice in at.argument.choices]
    kind = _KINDS.get(at.argument.kind)
    if kind is None:
        return []
    try:
        project = find_project(Path(at.given["--project"]) if "--project" in at.given else None)
    except (HeadraceError, OSError):
        return []
    return [Candidate(word) for word in kind(project, at)]


def _pipelines(project: Project, at: Expected) -> Iterable[str]:
    return [name for name in project.pipelines() if name not in at.words]


def _overrides(project: Project, at: Expected) -> Iterable[str]:
    return override_words(project, at.given.get("NAME", ""), at.word, at.words)


def _keys(project: Project, at: Expected) -> Iterable[str]:
    return keys(project, at.given.get("NAME", ""), at.word)


def _stages(project: Project, at: Expected) -> Iterable[str]:
    plan = last_compiled(project, at.given.get("NAME", ""))
    return [stage.name for stage in plan.stages] if plan is not None else []


def _groups(project: Project, at: Expected) -> Iterable[str]:
    del at
    return ["config", *sorted(path.name for path in project.conf.iterdir() if path.is_dir())]


def _codes(project: Project, at: Expected) -> Iterable[str]:
    del project, at
    from headrace.config.codes import CODES

    return CODES


def _revisions(project: Project, at: Expected) -> Iterable[str]:
    """Branches and tags, if git says them quickly."""
    import subprocess

    del at
    words = ["git", "-C", str(project.root), "for-each-ref", "--format=%(refname:short)", "--count=200"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=_GIT_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return ["HEAD", *done.stdout.split()]


#: What a kind of argument offers, by its metavar.
_KINDS: Mapping[str, Callable[[Project, Expected], Iterable[str]]] = {
    "NAME": _pipelines,
    "FILE": _pipelines,
    "OVERRIDE": _overrides,
    "KEY": _keys,
    "STAGE": _stages,
    "GROUP": _groups,
    "CODE": _codes,
    "REV": _revisions,
}
_FILES = {"FILE": "files", "IN": "files", "OUT": "files", "DIR": "folders"}
