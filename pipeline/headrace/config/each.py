"""A pipeline of many models is checked as each of its members will see it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from headrace.config.composed import Composed
from headrace.config.nearest import suggestion
from headrace.config.schema import Spec
from headrace.config.schema.holes import ForEach
from headrace.config.schema.strict import Part
from headrace.errors import ConfigError, Diagnostic
from headrace.plan.members import MEMBER, OPEN, Member, has_holes, holes, members, names, narrowed

if TYPE_CHECKING:
    from headrace.config.check import Checked

#: More than these are a mistake, or work for another tool: each is a column of tasks in Airflow.
MOST_MEMBERS = 200
_LONGEST_LABEL = 80
#: The parts whose values may differ by member; the others are those of the DAG, or of the pipeline as a whole.
PARTS = (
    "dataset",
    "validation",
    "target",
    "features",
    "split",
    "model",
    "metrics",
    "gates",
    "seed",
    "description",
    "owner",
    "tags",
    "registry",
    MEMBER,
)

CheckOne = Callable[[Composed, str], "Checked"]


def has_members(composed: Composed) -> bool:
    """Whether the configuration is to be checked for each of its members; a filled one is for one alone."""
    return composed.values.get("for_each") is not None and composed.values.get(MEMBER) in (None, OPEN)


def check_each(composed: Composed, pipeline: str, check_one: CheckOne) -> Checked:
    """The typed configuration with its holes; ConfigError with what is wrong with any member's.

    What is wrong for every member is said once.
    """
    found = _declared(composed)
    opened = replace(composed, values=_opened(composed.values, pipeline))
    problems = [*_problems(opened, found), *_registry_problems(composed)]
    if any(problem.severity == "error" for problem in problems):
        raise ConfigError(problems)
    checked: list[Checked] = []
    told: list[tuple[Member, tuple[Diagnostic, ...]]] = []
    for member in found:
        try:
            one = check_one(replace(opened, values=narrowed(opened.values, member)), pipeline)
        except ConfigError as error:
            told.append((member, error.diagnostics))
        else:
            checked.append(one)
            told.append((member, one.warnings))
    merged = (*problems, *_merged(told))
    if len(checked) < len(found):
        raise ConfigError(merged)
    return replace(checked[0], spec=with_holes(checked[0].spec, opened.values), composed=opened, warnings=merged)


def unfilled(composed: Composed) -> Iterator[Diagnostic]:
    """The holes of a pipeline that has no members, and so nothing to fill them with."""
    if composed.values.get("for_each") is not None or composed.values.get(MEMBER) is not None:
        return
    for path, _, name in holes(composed.values):
        message = f"nothing gives `${{each:{name}}}` a value: this pipeline has no `for_each`"
        remedy = f"add for_each: {{{name if name != MEMBER else 'NAME'}: [VALUE, VALUE]}}, or write the value itself"
        yield composed.diagnostic("HR372", message, composed.place_of(path), remedy)


def with_holes(spec: Spec, opened: Mapping[str, Any]) -> Spec:
    """The specification of one member with the holes' texts back at their places, whatever their types.

    It is there to be read and to make slices from, and is refused where a filled one is needed.
    """
    texts = {tuple(path.split(".")): text for path, text, _ in holes(opened)}
    held: Any = spec.model_copy(update={"for_each": _typed(opened["for_each"])})
    for path, text in texts.items():
        held = _put(held, path, text)
    result: Spec = held
    return result


def quietly(make: Callable[[], Any]) -> Any:
    """The result of something that dumps a specification with holes: a text where a number is meant is no news."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="(?s)Pydantic serializer warnings")
        return make()


def _typed(for_each: Any) -> Any:
    return TypeAdapter[Any](ForEach).validate_python(for_each, strict=True)


def _put(held: Any, path: tuple[str, ...], text: str) -> Any:
    """A copy of a typed value with a text at a path below it."""
    if not path:
        return text
    first, rest = path[0], path[1:]
    if isinstance(held, Part):
        return held.model_copy(update={first: _put(getattr(held, first, None), rest, text)})
    if isinstance(held, tuple | list) and first.isdigit() and int(first) < len(held):
        items = [_put(item, rest, text) if index == int(first) else item for index, item in enumerate(held)]
        return type(held)(items)
    # A key may have dots in it: the longest one that is there is meant.
    if isinstance(held, Mapping):
        for end in range(len(path), 0, -1):
            key = ".".join(path[:end])
            if key in held or end == 1:
                return {**held, key: _put(held.get(key), path[end:], text)}
    return text


def _declared(composed: Composed) -> tuple[Member, ...]:
    """The members; ConfigError if they have not the form of `for_each`."""
    for_each = composed.values["for_each"]
    try:
        _typed(for_each)
    except ValidationError:
        message = "`for_each` is names with lists of values, or a list of mappings of names to values"
        remedy = "write for_each: {carrier: [UA, AA]}; values are text, numbers, true and false"
        place = composed.key_of("for_each")
        raise ConfigError([composed.diagnostic("HR370", message, place, remedy)]) from None
    return members(for_each)


def _problems(opened: Composed, found: tuple[Member, ...]) -> Iterator[Diagnostic]:
    for_each = opened.values["for_each"]
    place = opened.key_of("for_each")
    yield from _member_problems(opened, found)
    alike = len({frozenset(member.values) for member in found}) <= 1
    if not alike:
        message = "the members of `for_each` do not give values to the same names"
        yield opened.diagnostic("HR370", message, place, f"give each {', '.join(names(for_each))}")
    known = (*names(for_each), MEMBER)
    used = set()
    opened_by = _parameters(opened.values.get("params"))
    for path, text, name in holes({key: value for key, value in opened.values.items() if key != "for_each"}):
        used.add(name)
        where = opened.place_of(path)
        if name not in known:
            remedy = suggestion(name, known) or f"`for_each` has {', '.join(known)}"
            yield opened.diagnostic("HR372", f"nothing gives `${{each:{name}}}` a value", where, remedy)
        elif path in opened_by:
            message = f"`{path}` is filled by each member, and so is no parameter of a run"
            yield opened.diagnostic("HR382", message, where, f"delete params.{opened_by[path]}")
        elif path.partition(".")[0] not in PARTS or text == path.rpartition(".")[2]:
            message = f"`{path}` is the same for every member: `${{each:{name}}}` cannot stand there"
            yield opened.diagnostic("HR373", message, where, f"use it below {', '.join(PARTS[:-1])}, as a value")
    for name in names(for_each) if alike and used.intersection(names(for_each)) else ():
        if name not in used:
            message = f"no value is `${{each:{name}}}`: members that differ in it alone learn the same"
            where = opened.key_of(f"for_each.{name}" if isinstance(for_each, Mapping) else "for_each")
            yield opened.diagnostic("HR372", message, where, "use it, or leave it out", "warning")
    if found and not used.intersection(names(for_each)):
        message = "no value of the pipeline differs by member: all would learn the same"
        remedy = f"use ${{each:{names(for_each)[0]}}}, as in dataset.where: {{COLUMN: ${{each:{names(for_each)[0]}}}}}"
        yield opened.diagnostic("HR372", message, place, remedy)


def _parameters(params: Any) -> dict[str, str]:
    """Path -> the parameter that opens it."""
    declared = params.items() if isinstance(params, Mapping) else ()
    return {str(entry.get("at")): str(name) for name, entry in declared if isinstance(entry, Mapping)}


def _member_problems(composed: Composed, found: tuple[Member, ...]) -> Iterator[Diagnostic]:
    place = composed.key_of("for_each")
    if not found or not all(member.values for member in found):
        yield composed.diagnostic("HR370", "`for_each` has no members", place, "list at least one value for each name")
    if len(found) > MOST_MEMBERS:
        message = f"`for_each` makes {len(found)} models: {MOST_MEMBERS} are the most"
        yield composed.diagnostic("HR371", message, place, "list fewer values, or write several pipelines")
    for name in names(composed.values["for_each"]):
        if not name.isidentifier() or not name.isascii() or name == MEMBER:
            why = "stands for the whole member" if name == MEMBER else "is not a plain name"
            yield composed.diagnostic("HR370", f"`{name}` {why}", composed.key_of(f"for_each.{name}"), "rename it")
    first: dict[str, Member] = {}
    for member in found:
        if any("${" in value for value in member.values.values() if isinstance(value, str)):
            message = f"a member's value cannot be a reference: {', '.join(map(str, member.values.values()))}"
            yield composed.diagnostic("HR370", message, place, "write the value itself")
        elif not member.label.strip("._-") or len(member.label) > _LONGEST_LABEL:
            message = f"`{member.label[:100]}` cannot be the name of a member"
            yield composed.diagnostic("HR370", message, place, f"1 to {_LONGEST_LABEL} letters and digits")
        elif (other := first.setdefault(member.label.casefold(), member)) is not member:
            both = " and ".join(str(dict(one.values)) for one in (other, member))
            message = f"two members would be called `{member.label}`: {both}"
            yield composed.diagnostic(
                "HR370", message, place, "list each once, and let their letters and digits differ"
            )


def _registry_problems(composed: Composed) -> Iterator[Diagnostic]:
    registry = composed.values.get("registry")
    name = registry.get("name") if isinstance(registry, Mapping) else None
    if isinstance(name, str) and not has_holes(name):
        message = f"every member's model would be a version of `{name}`"
        remedy = f"write {name}_${{each:{MEMBER}}}, or leave the line out"
        yield composed.diagnostic("HR374", message, composed.place_of("registry.name"), remedy)


def _opened(values: Mapping[str, Any], pipeline: str) -> dict[str, Any]:
    """With the holes that every pipeline of many models has: the member, and its registered model's name."""
    registry = values.get("registry", {})
    if isinstance(registry, Mapping) and registry.get("name") is None:
        registry = {**registry, "name": f"{pipeline}_{OPEN}"}
    return {**values, MEMBER: OPEN, "registry": registry}


def _merged(told: list[tuple[Member, tuple[Diagnostic, ...]]]) -> Iterator[Diagnostic]:
    """Every diagnostic once, with the members that it is about unless it is about all."""
    about: dict[tuple[str, str, Any], tuple[Diagnostic, list[str]]] = {}
    for member, diagnostics in told:
        for diagnostic in diagnostics:
            key = (diagnostic.code, diagnostic.message, diagnostic.place)
            about.setdefault(key, (diagnostic, []))[1].append(member.label)
    for diagnostic, labels in about.values():
        if len(labels) == len(told):
            yield diagnostic
        else:
            more = f" and {len(labels) - 3} more" if len(labels) > 3 else ""
            yield replace(diagnostic, message=f"{diagnostic.message} (for {', '.join(labels[:3])}{more})")
