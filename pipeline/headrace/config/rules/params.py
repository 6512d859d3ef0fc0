"""`params` and `member`: what may be left open to whoever starts a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
    elif why := not_allowed(declared, value):
        message = f"the default of `{name}`, at `{path}`, is not allowed: {why}"
        yield composed.diagnostic("HR383", message, composed.place_of(path), "change the default, or its bounds")


RULES: tuple[Rule, ...] = (_member_is_not_written, _where_needs_a_split, _params_are_open)
