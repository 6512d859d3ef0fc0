"""Lints a project: its files, each pipeline by itself, then what only shows when all are seen together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache

from headrace.errors import Diagnostic
from headrace.lint import allowances, at_hand, environments, merging, rules, shelves
from headrace.lint.files import FileFacts, read_files
from headrace.lint.memory import recall, remember, take_listing
from headrace.lint.usage import dangling, unused, users
from headrace.lint.walk import misplaced
from headrace.plan.cache import Compiled
from headrace.plan.loading import Request, load_all
from headrace.project import Project

#: A file that cannot be read, is none, or lies elsewhere.
_UNREADABLE = ("HR101", "HR108", "HR109")


def lint(
    project: Project, names: Sequence[str], files: Sequence[str] = (), *, whole: bool | None = None
) -> tuple[Diagnostic, ...]:
    """Every problem of these pipelines and of the files that they are made of, once, sorted by place.

    `files` are further files to look at, named from the project's root on. With all pipelines, all files are looked
    at, and the project as a whole, unless `whole` is False. Warnings that a file accepts on their line are left out.
    """
    if whole is None:
        whole = set(names) == set(project.pipelines()) and not files
    listing = take_listing(project.conf)
    variants = environments.variants(project)
    requests = [Request(name, variant.overrides) for variant in variants for name in names]
    if whole and (known := recall(project, requests, listing)) is not None:
        return known
    results = load_all(project, requests, check_parameters=True)
    seen = at_hand.look(project, results[: len(names)], whole=whole)
    told = _found(project, names, files, variants, results, seen.problems, whole=whole)
    if whole and seen.lasts:
        remember(project, requests, listing, results, told, seen.files)
    return told


def _found(
    project: Project,
    names: Sequence[str],
    files: Sequence[str],
    variants: Sequence[environments.Variant],
    results: Sequence[Compiled],
    of_data: Sequence[Diagnostic],
    *,
    whole: bool,
) -> tuple[Diagnostic, ...]:
    """What is wrong, given the compiled pipelines: all of them in the first environment, then all in the next."""
    facts = read_files(project)
    reached = users(facts, names)
    looked_at = [fact for fact in facts if whole or fact.config_path in reached or fact.shown in files]
    everywhere = (results[index :: len(names)] for index in range(len(names)))
    found = merging.merged(problem for seen in everywhere for problem in _together(variants, seen))
    broken_sql = {fact.shown for fact in looked_at if fact.shown.endswith(".sql") and fact.problems}
    lost = {fact.config_path for fact in looked_at if any(problem.code in _UNREADABLE for problem in fact.problems)}
    found = (problem for problem in found if not _follows(problem, broken_sql, lost))
    of_files = [problem for fact in looked_at for problem in fact.problems]
    if whole:
        of_files += [*dangling(facts), *shelves.problems(project, facts, reached)]
    named = _of_names(project, files, whole)
    found = merging.first_at_each_place(found, merging.merged(of_data))
    everything = list(merging.first_at_each_place(merging.first_at_each_place(found, of_files), named))
    if whole:
        composed = not any(problem.severity == "error" and _keeps_apart(problem.code) for problem in everything)
        everything += unused(facts, reached, composed)
    between = rules.of_all if whole else rules.of_some
    everything += between(project, results[: len(names)])
    allowed = {fact.shown: fact.allows for fact in looked_at}
    kept = allowances.apply(dict.fromkeys(everything), allowed, whole)
    shown = _texts(project)
    return tuple(sorted((merging.with_excerpt(problem, shown) for problem in kept), key=merging.by_place))


def _follows(problem: Diagnostic, broken_sql: Collection[str], lost: Collection[str]) -> bool:
    """Whether a problem only follows from one that its file has by itself: that one is told."""
    if problem.place is not None and problem.place.file in broken_sql:
        return True
    name = problem.message.partition("`")[2].partition("`")[0]
    return problem.code == "HR112" and any(path.rpartition("/")[2] == name for path in lost)


def _keeps_apart(code: str) -> bool:
    """Whether a problem keeps files from being read or composed, so that what they choose is not certain."""
    return code < "HR116" or code == "HR129"


def _together(variants: Sequence[environments.Variant], seen: Sequence[Compiled]) -> tuple[Diagnostic, ...]:
    """What is wrong with a pipeline in the environment that it is run in unless another is named, and in the others."""
    return environments.together([(variant, made.diagnostics) for variant, made in zip(variants, seen, strict=True)])


def _of_names(project: Project, files: Sequence[str], whole: bool) -> Iterator[Diagnostic]:
    for problem in misplaced(project.conf, project.root):
        if whole or (problem.place is not None and problem.place.file in files):
            yield problem


def pipelines_of(project: Project, facts: Sequence[FileFacts], file: str) -> tuple[str, ...]:
    """The pipelines that are made of a file, named from the project's root on."""
    paths = [fact.config_path for fact in facts if fact.shown == file]
    reached = users(facts, project.pipelines())
    return tuple(name for path in paths for name in reached.get(path, ()))


def _texts(project: Project) -> Callable[[str], str]:
    """Reads files of the project for excerpts, each once."""

    @cache
    def text_of(file: str) -> str:
        try:
            return (project.root / file).read_text(encoding="utf-8-sig", errors="replace")
        except OSError:
            return ""

    return text_of
