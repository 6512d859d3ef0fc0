"""Model options that no pipeline chooses yet: what the installed library would say of them when one does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from headrace.errors import Diagnostic
from headrace.lint.files import FileFacts
from headrace.project import Project

_SHELF = "model/"


def problems(project: Project, facts: Sequence[FileFacts], reached: Mapping[str, object]) -> Iterator[Diagnostic]:
    """What is wrong with `type` and `params` of each option that is sound in itself and that nothing reaches."""
    for fact in facts:
        if (
            fact.config_path.startswith(_SHELF)
            and fact.config_path not in reached
            and fact.is_sound
            and not fact.chooses
        ):
            yield from _of_option(project, fact)


def _of_option(project: Project, fact: FileFacts) -> Iterator[Diagnostic]:
    from headrace.config import nodes, provenance
    from headrace.config.composed import Composed
    from headrace.models.index import check_params, load_index

    document = nodes.read(project.root / fact.shown, fact.shown)
    values: Any = document.data
    if document.root is None or not isinstance(values, dict) or not isinstance(values.get("type"), str):
        return
    params = values.get("params") or {}
    index = load_index(project.home / "compiled")
    entry = index.find(values["type"])
    if entry is None or not isinstance(params, dict):
        return  # its package may be one that `model_packages` allows
    settled = {name: value for name, value in params.items() if isinstance(name, str) and not _is_open(value)}
    task = "regression" if entry.kind == "regressor" else "binary"
    located = provenance.locate({"model": values}, provenance.embed("model", document.root))
    composed = Composed(values, located.places, (), keys=located.keys, texts={document.file: document.text})
    for problem in check_params(index, values["type"], settled, task):
        place = composed.place_of(problem.key)
        yield composed.diagnostic("HR157", problem.message, place, problem.remedy)


def _is_open(value: object) -> bool:
    """Whether what it stands for is only known where the option is chosen."""
    inner: Iterable[object] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (isinstance(value, str) and ("${" in value or value == "???")) or any(_is_open(item) for item in inner)
