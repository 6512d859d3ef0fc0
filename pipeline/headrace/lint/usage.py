"""Which pipelines a file below conf/ is part of, as far as the defaults lists tell, and which files none uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from headrace.config.nearest import nearest, suggestion
from headrace.errors import Diagnostic, Place
from headrace.lint.files import FileFacts

#: Groups that headrace or Hydra reads although no part of a pipeline has their name.
_OTHER_GROUPS = ("env", "sweep", "hydra", "pipeline")
#: Groups of which one expects that a pipeline chooses every option; the others are shelves of alternatives.
_CHOSEN = ("dataset", "validation")
_SHELVES = ("model", "schedule", "runtime", "tracking")


def _parts() -> list[str]:
    """The parts of a pipeline; asked for only where an uncommon folder is there, because the schema takes its time."""
    from headrace.config.schema import Spec

    return list(Spec.model_fields)


def users(facts: Sequence[FileFacts], pipelines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Config path of a file -> the pipelines that reach it, themselves included."""
    by_path = {fact.config_path: fact for fact in facts}
    reached: dict[str, list[str]] = {}
    for name in pipelines:
        for path in _reach(["config", f"pipeline/{name}"], by_path):
            reached.setdefault(path, []).append(name)
    return {path: tuple(names) for path, names in reached.items()}


def _reach(start: Iterable[str], by_path: Mapping[str, FileFacts]) -> set[str]:
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        path = waiting.pop()
        fact = by_path.get(path)
        if path in found or fact is None:
            continue
        found.add(path)
        waiting += fact.chooses
        folder = path.rpartition("/")[0]
        waiting += [f"{folder}/{name}" if folder else name for name in fact.mentions]
        waiting += [other for group in fact.leaves_open for other in by_path if other.rpartition("/")[0] == group]
    return found


def dangling(facts: Sequence[FileFacts]) -> Iterator[Diagnostic]:
    """Options that a defaults list names and that do not exist, where no pipeline came upon them: all override them."""
    options: dict[str, list[str]] = {}
    for fact in facts:
        group, _, option = fact.config_path.rpartition("/")
        options.setdefault(group, []).append(option)
    for fact in facts:
        for path, (line, column) in zip(fact.chooses, fact.places, strict=True):
            group, _, option = path.rpartition("/")
            if group in options and option not in options[group]:
                message = f"conf/{group} has no option `{option}`"
                yield Diagnostic("HR112", message, Place(fact.shown, line, column), suggestion(option, options[group]))


def unused(facts: Sequence[FileFacts], reached: Mapping[str, object], settled: bool = True) -> Iterator[Diagnostic]:
    """A warning for every option file that no pipeline chooses, and one for each folder that is no group.

    Nothing is said of a group while a file that may choose from it is broken, or (not `settled`) a pipeline cannot be
    composed: that is mended first.
    """
    chosen = {path for fact in facts for path in fact.chooses}
    present = {fact.config_path for fact in facts}
    certain = settled and chosen <= present and all(fact.is_sound for fact in facts if fact.config_path in reached)
    mentioned = {f"{fact.config_path.rpartition('/')[0]}/{name}" for fact in facts for name in fact.mentions}
    certain = certain and not any(
        fact.config_path in reached and f"{fact.config_path.rpartition('/')[0]}/{name}" not in present
        for fact in facts
        for name in fact.mentions
    )
    told: set[str] = set()
    for fact in facts:
        group, _, name = fact.config_path.rpartition("/")
        spoken_of = fact.config_path in mentioned or any(problem.code < "HR110" for problem in fact.problems)
        if fact.config_path in reached or name == "none" or group == "pipeline" or spoken_of:
            continue
        first = group.partition("/")[0]
        if first and first not in (*_SHELVES, *_CHOSEN, *_OTHER_GROUPS) and first not in _parts():
            if group not in told:
                yield _no_group(fact, group)
            told.add(group)
        elif certain and (not first or first in _CHOSEN):
            yield _unused(fact)


def _unused(fact: FileFacts) -> Diagnostic:
    remedy = "choose it in a defaults list, or delete it"
    if fact.shown.endswith(".sql"):
        remedy = "name it in the `transform.file` of a dataset beside it, or delete it"
    return Diagnostic("HR118", "no pipeline uses this file", Place(fact.shown), remedy, "warning")


def _no_group(fact: FileFacts, group: str) -> Diagnostic:
    close = nearest(group, [*_parts(), *_OTHER_GROUPS])
    message = f"nothing chooses from the folder `{group}`, and it is no part of a pipeline"
    remedy = f"did you mean {close[0]}?" if close else "choose it in a defaults list, or delete it"
    return Diagnostic("HR118", message, Place(fact.shown), remedy, "warning")
