"""Which dotted paths the schema knows, and which keys it allows at one."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from headrace.config.schema.spec import Spec


def accepts(path: str) -> bool:
    """Whether a value can stand at this dotted path: a field of the schema, or below one that is free."""
    found: list[Any] = [Spec]
    for name in path.split("."):
        found = [inner for annotation in found for inner in _inside(annotation, name)]
    return bool(found)


def keys_at(path: Sequence[str | int], values: Any) -> list[str] | None:
    """The keys that a mapping at this path may have; None where any key may stand.

    `values` are the configuration as written: they say which of several kinds (`type: csv`) is meant.
    """
    found: list[Any] = [Spec]
    for name in path:
        found = [inner for annotation in _meant(found, values) for inner in _inside(annotation, str(name))]
        values = _child(values, name)
    models = [kind for kind in _meant(found, values) if is_model(kind)]
    given = {"name", "member"} if not path else set()  # the first is the file's name, the other is filled in by runs
    return sorted({name for model in models for name in model.model_fields} - given) if models else None


def examples_at(path: Sequence[str | int]) -> tuple[str, ...]:
    """Examples of what a key's value looks like, as they are written in YAML; empty if the schema shows none."""
    found: list[Any] = [Spec]
    for name in path[:-1]:
        found = [inner for annotation in found for inner in _inside(annotation, str(name))]
    from headrace.config.meanings import meanings  # reads the schema's sources: only where something is wrong

    owners = [kind for annotation in found for kind in branches(annotation) if is_model(kind)]
    told = [meanings(owner).get(str(path[-1])) for owner in owners]
    return next((meaning.examples for meaning in told if meaning is not None), ())


def is_free(path: str) -> bool:
    """Whether a value here may be a text as well as true or false, so that the schema cannot tell which is meant."""
    found: list[Any] = [Spec]
    for name in path.split("."):
        found = [inner for annotation in found for inner in _inside(annotation, name)]
    kinds = [branch for annotation in found for branch in branches(annotation)]
    return Any in kinds or (bool in kinds and str in kinds)


def homes_of(name: str) -> list[str]:
    """Where the schema knows a key of this name: the parts at the top (``), or `split`, `gates`, …"""
    found = [""] if name in Spec.model_fields and name != "name" else []
    for part in Spec.model_fields:
        below = [inner for branch in branches(Spec.model_fields[part].annotation) for inner in _items(branch)]
        if any(is_model(kind) and name in kind.model_fields for kind in below):
            found.append(part)
    return found


def _items(annotation: Any) -> Iterator[Any]:
    """An annotation, or what a list or mapping of it holds."""
    if get_origin(annotation) in (tuple, list, dict):
        for inner in get_args(annotation):
            yield from branches(inner)
    else:
        yield annotation


def _child(values: Any, name: str | int) -> Any:
    if isinstance(values, dict):
        return values.get(name)
    if isinstance(values, list) and str(name).isdigit() and int(name) < len(values):
        return values[int(name)]
    return None


def is_model(annotation: Any) -> bool:
    """Whether an annotation is a part of the schema."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def branches(annotation: Any) -> Iterator[Any]:
    """The alternatives of a union, without what Annotated adds."""
    if get_origin(annotation) is Annotated:
        yield from branches(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for branch in get_args(annotation):
            yield from branches(branch)
    else:
        yield annotation


def _meant(annotations: list[Any], values: Any) -> list[Any]:
    """The alternatives that the discriminating values do not rule out; all if they rule out all."""
    found = [branch for annotation in annotations for branch in branches(annotation)]
    kinds = {kind for branch in found if is_model(branch) for kind in _kinds(branch)}
    fitting = [branch for branch in found if not is_model(branch) or _fits(branch, values, kinds)]
    return fitting if any(is_model(branch) for branch in fitting) else found


def _kinds(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """The keys, and their values, by which a model is told from its alternatives."""
    for name, field in model.model_fields.items():
        if get_origin(field.annotation) is Literal and field.is_required():
            yield from ((name, value) for value in get_args(field.annotation))


def _fits(model: type[BaseModel], values: Any, kinds: set[tuple[str, Any]]) -> bool:
    """Whether the discriminating values are the model's own, or are there and nobody's: those are misspelt."""
    if not isinstance(values, dict):
        return True
    own = set(_kinds(model))
    for name in {name for name, _ in own}:
        given = values.get(name)
        misspelt = given is not None and not any((name, given) == kind for kind in kinds)
        if not misspelt and not any((name, given) == kind for kind in own):
            return False
    return True


def _inside(annotation: Any, name: str) -> Iterator[Any]:
    """What may stand below a key (or an index) of a value of this annotation."""
    for branch in branches(annotation):
        if branch is Any:
            yield Any
        elif is_model(branch):
            if name in branch.model_fields:
                yield branch.model_fields[name].annotation
        elif get_origin(branch) is dict:
            yield get_args(branch)[1]
        elif get_origin(branch) in (tuple, list) and name.isdigit():
            yield get_args(branch)[0]
