"""`params` and `member`: what may be left open to whoever starts a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from headrace.config import schema_errors
from headrace.config.composed import Composed
from headrace.config.nearest import suggestion
from headrace.config.parameters import OPEN, may_be_opened, not_allowed, value_at
from headrace.config.rules.rule import Rule
from headrace.config.schema import Spec
from headrace.errors import Diagnostic


def _member_is_not_written(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.member is not None and "member" in composed.places:
        message = "`member` is filled in by a run: it is not written"
        remedy = "list members under `for_each`; `headrace run NAME --only NAME=VALUE` runs one of them"
        yield composed.diagnostic("HR373", message, composed.key_of("member"), remedy)


def _where_needs_a_split(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.dataset.where and spec.split is None:
        message = "`dataset.where` chooses the rows that are split, and this pipeline has no `split`"
        yield composed.diagnostic("HR376", message, composed.key_of("dataset.where"), "write WHERE in the SQL")


def _params_are_open(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    opened: dict[str, str] = {}
    for name, param in spec.params.items():
        first = opened.setdefault(param.at, name)
        if first != name:
            message = f"`{first}` and `{name}` both open `{param.at}`"
            yield composed.diagnostic("HR382", message, composed.place_of(f"params.{name}.at"), "keep one of them")
    for name, declared in ((name, declared.model_dump(mode="json")) for name, declared in spec.params.items()):
        place = composed.place_of(f"params.{name}.at")
        if not name.isidentifier() or not name.isascii():
            message = f"`{name}` cannot be the name of a parameter"
            yield composed.diagnostic("HR382", message, composed.key_of(f"params.{name}"), "letters, digits and _")
        elif not may_be_opened(declared["at"]):
            message = f"`{declared['at']}` is not for whoever starts a run to choose"
            remedy = suggestion(declared["at"], OPEN) or f"name a value below {', '.join(OPEN)}"
            yield composed.diagnostic("HR382", message, place, remedy)
        else:
            yield from _about_default(spec, name, declared, composed)


def _about_default(spec: Spec, name: str, declared: dict[str, Any], composed: Composed) -> Iterator[Diagnostic]:
    path = declared["at"]
    getattr(spec, path.partition(".")[0])  # of a broken part nothing is known
    place = composed.place_of(f"params.{name}.at")
    try:
        value = value_at(spec.model_dump(mode="json", exclude={"for_each"}), path)
    except KeyError:
        remedy = (
            suggestion(path, [known for known in composed.places if may_be_opened(known)])
            or "write the value there: it is the default"
        )
        yield composed.diagnostic("HR382", f"there is no value at `{path}`", place, remedy)
        return
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict | list) for item in value)):
        message = f"`{path}` is more than one value"
        yield composed.diagnostic("HR382", message, place, "open the values below it one by one")
        return
    low, high = declared["min"], declared["max"]
    if low is not None and high is not None and low > high:
        message = f"no value fits: `min` is {low}, and `max` is {high}"
        yield composed.diagnostic("HR383", message, composed.place_of(f"params.{name}.min"), "write a lower `min`")
        return
    yield from _about_choices(spec, name, declared, composed)
    if why := not_allowed(declared, value):
        message = f"the default of `{name}`, at `{path}`, is not allowed: {why}"
        yield composed.diagnostic("HR383", message, composed.place_of(path), "change the default, or its bounds")


def _about_choices(spec: Spec, name: str, declared: dict[str, Any], composed: Composed) -> Iterator[Diagnostic]:
    """Choices that the parameter's own bounds, or the schema, would refuse when a run is started with them."""
    for index, choice in enumerate(declared["choices"] or ()):
        place = composed.place_of(f"params.{name}.choices.{index}")
        if why := not_allowed({**declared, "choices": None}, choice):
            yield composed.diagnostic("HR383", f"a choice of `{name}` is not allowed: {why}", place, _OTHER_CHOICE)
            continue
        for refusal in _refusals(spec, declared["at"], choice, composed):
            message = f"a choice of `{name}` is not allowed: {refusal.message}"
            yield composed.diagnostic("HR383", message, place, refusal.remedy or _OTHER_CHOICE)


_OTHER_CHOICE = "write another, or leave it out"


def _refusals(spec: Spec, path: str, value: Any, composed: Composed) -> Iterator[Diagnostic]:
    """What the schema has against this value at the path."""
    values = spec.model_dump(mode="json", exclude={"for_each"})
    parent, _, last = path.rpartition(".")
    held = value_at(values, parent)
    held[int(last) if isinstance(held, list) else last] = value
    try:
        Spec.model_validate(values)
    except ValidationError as error:
        for where, items in schema_errors.by_path(error, values).items():
            if ".".join(map(str, where)) == path:
                yield from schema_errors.told({where: items}, composed, values)


RULES: tuple[Rule, ...] = (_member_is_not_written, _where_needs_a_split, _params_are_open)
