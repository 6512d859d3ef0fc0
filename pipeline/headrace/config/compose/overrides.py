"""Overrides from the command line: their grammar, their effect, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf._utils import split_key

from headrace.config import choices, known_paths, nodes, provenance
from headrace.config.compose import interpolation
from headrace.config.compose.repository import PIPELINES, Project, ProjectLoader
from headrace.config.excerpt import pointed
from headrace.config.nearest import nearest
from headrace.config.nodes import Written
from headrace.config.safety import keys
from headrace.errors import ConfigError, Diagnostic, Place
from headrace.plan.model import Writing

_SHAPE = "write KEY=VALUE, +KEY=VALUE to add a key, or ~KEY to remove one"


def place_of(override: Override) -> Place:
    """The place of everything that an override wrote: the override itself."""
    return Place(f"override '{override.input_line}'")


def pipeline_choice(project: Project, pipeline: str) -> Override:
    """`+pipeline=NAME`, quoted where the grammar would take the name for a number or the like.

    Without the plus where conf/config.yaml says with `- pipeline: null` when the pipeline's turn to be merged is.
    """
    return _choice(PIPELINES if has_place_for_pipeline(project.conf) else f"+{PIPELINES}", pipeline)


@lru_cache(maxsize=1024)
def _choice(key: str, pipeline: str) -> Override:
    parser = OverridesParser.create()
    override = parser.parse_rule(f"{key}={pipeline}", "override") if pipeline.isidentifier() else None
    if override is None or override.value() != pipeline:
        override = parser.parse_rule(f"{key}='{pipeline}'", "override")
    assert isinstance(override, Override)
    return override


def has_place_for_pipeline(conf: Path) -> bool:
    """Whether the defaults list of conf/config.yaml has an entry for the pipeline."""
    path = conf / "config.yaml"
    entries = choices.choices("config", nodes.read(path, str(path)))
    return any(choice.key == PIPELINES for choice in entries)


def parse(texts: Sequence[str]) -> list[Override]:
    """Overrides of one run, in order; ConfigError with everything that is wrong with them."""
    parser = OverridesParser.create()
    parsed, problems = [], []
    for text in texts:
        try:
            override = parser.parse_rule(text, "override")
        except (HydraException, ValueError) as error:
            problems.append(_grammar_problem(text, error))
            continue
        problems.extend(_content_problems(override))
        parsed.append(override)
    if problems:
        raise ConfigError(problems)
    return parsed


def parse_sweep(texts: Sequence[str]) -> list[Override]:
    """The overrides of a sweep that give one value; ConfigError for what `parse` refuses in any of them."""
    parsed, problems = [], []
    for text in texts:
        try:
            override = OverridesParser.create().parse_rule(text, "override")
        except (HydraException, ValueError) as error:
            problems.append(_grammar_problem(text, error))
            continue
        is_sweep = override.is_sweep_override()
        found = _unsafe_parts(override) if is_sweep else _content_problems(override)
        problems.extend(found)
        parsed += [] if is_sweep else [override]
    if problems:
        raise ConfigError(problems)
    return parsed


def _unsafe_parts(override: Override) -> Iterator[Diagnostic]:
    """Of an override with several values: keys that are refused, in its key or anywhere in its text."""
    text = override.input_line or ""
    for name in [*split_key(override.key_or_group), *re.findall(r"\b_\w+_\b", text)]:
        if found := keys.refused(name):
            yield Diagnostic(found.code, found.message, place_of(override), found.remedy)


def _grammar_problem(text: str, error: Exception) -> Diagnostic:
    cause = error.__cause__
    offset = getattr(cause, "startIndex", None)
    if offset is None:
        offset = getattr(getattr(cause, "offendingToken", None), "start", None)
    reason = str(error).splitlines()[0]
    if "no viable alternative" in reason or "mismatched input" in reason:
        reason = "its value cannot be read: a bracket or a quote may be missing"
    if "missing EQUAL" in reason or not text:
        reason, offset = "there is no `=`", len(text)
    shown = pointed(text, offset) if offset is not None else ""
    return Diagnostic("HR120", f"not an override: {reason}", Place(f"override '{text}'"), _SHAPE, excerpt=shown)


def _content_problems(override: Override) -> Iterator[Diagnostic]:
    place = place_of(override)
    if not override.key_or_group:
        yield Diagnostic("HR120", "not an override: there is no key before `=`", place, _SHAPE)
    if override.key_or_group == PIPELINES:
        yield Diagnostic("HR122", "the pipeline is the one that the command names", place, "name another one there")
    if override.is_sweep_override():
        remedy = "add -m to run each of them, quote a text (KEY='a,b'), or write a list (KEY=[a,b])"
        yield Diagnostic("HR122", "several values for a single run", place, remedy)
        return
    for name in [*split_key(override.key_or_group), *_names(override.value())]:
        if found := keys.refused(name):
            yield Diagnostic(found.code, found.message, place, found.remedy)
    if "." not in override.key_or_group and keys.climbs("", f"{override.key_or_group}/{override.value()}"):
        message = f"`{override.input_line}` climbs out of the configuration folder"
        yield Diagnostic("HR260", message, place, "name an option, a file of the group's folder")
    for text in _texts(override.value()):
        for problem in interpolation.text_problems(text, override.is_hydra_override()):
            yield Diagnostic(problem.code, problem.message, place, problem.remedy)


def _names(value: Any) -> Iterator[str]:
    """The keys of all mappings in a value."""
    if isinstance(value, dict | list):
        yield from map(str, value if isinstance(value, dict) else ())
        for item in value.values() if isinstance(value, dict) else value:
            yield from _names(item)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and "${" in value:
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


@dataclass(frozen=True, slots=True)
class Applied:
    """The marks after the overrides, what was wrong with them, and what they removed."""

    written: Written
    problems: tuple[Diagnostic, ...]
    removed: Mapping[str, tuple[Writing, ...]]


def apply(
    overrides: Sequence[Override], config: DictConfig, written: Written, catalog: Callable[[], choices.Catalog]
) -> Applied:
    """Apply value overrides to the composed configuration, in place, and to its marks.

    `catalog` is asked only for the words about an override that cannot be applied: it lists every folder.
    """
    problems = []
    removed: dict[str, tuple[Writing, ...]] = {}
    for override in overrides:
        path = split_key(override.key_or_group)
        try:
            ProjectLoader._apply_overrides_to_config([override], config)
        except Exception as error:  # noqa: BLE001 - whatever Hydra raises, the override is what cannot be applied
            problems.append(_not_applied(override, config, catalog(), error))
            continue
        if override.is_delete():
            gone = provenance.find(written, path)
            by = Writing(place_of(override), override.input_line or "", "removed")
            removed[".".join(path)] = (by, *(provenance.chain(gone) if gone else ()))
            written = provenance.remove(written, path)
        else:
            written = provenance.put(written, path, provenance.from_value(override.value(), place_of(override)))
    return Applied(written, tuple(problems), removed)


def _not_applied(override: Override, config: DictConfig, catalog: choices.Catalog, error: Exception) -> Diagnostic:
    key, place = override.key_or_group, place_of(override)
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    if override.package is not None:
        return Diagnostic("HR111", f"there is no group `{key}`", place, _group_remedy(key, catalog))
    if override.is_delete() and "does not exist" not in reason:
        return Diagnostic("HR122", reason.removeprefix("Could not delete from config. "), place)
    if override.is_add():
        line = (override.input_line or "").removeprefix("+")
        return Diagnostic("HR122", f"`{key}` is there already", place, f"leave `+` out: {line}")
    if _exists(config, key):
        return Diagnostic("HR122", f"cannot be applied: {reason}", place)
    verb = "remove" if override.is_delete() else "override"
    return Diagnostic("HR121", f"there is no `{key}` to {verb}", place, _key_remedy(override, config, catalog))


def _group_remedy(key: str, catalog: choices.Catalog) -> str:
    return f"did you mean {close[0]}=…?" if (close := choices.close_groups(key, catalog)) else ""


def _exists(config: DictConfig, key: str) -> bool:
    try:
        return OmegaConf.select(config, key, throw_on_resolution_failure=False) is not None
    except Exception:  # noqa: BLE001 - a path through a scalar is no path
        return False


def _key_remedy(override: Override, config: DictConfig, catalog: choices.Catalog) -> str:
    key = override.key_or_group
    plain = OmegaConf.to_container(config, resolve=False)
    assert isinstance(plain, dict)
    plain.pop("hydra", None)
    paths = [path for path in _paths(plain) if not key.startswith(f"{path}.")]
    parts = [f"did you mean {meant}?"] if (meant := _meant(key, paths)) else []
    if not parts and "." not in key:
        parts = [remedy] if (remedy := _group_remedy(key, catalog)) else []
    in_a_list = any(name.isdigit() for name in key.split("."))
    if not override.is_delete() and not in_a_list and known_paths.accepts(key):
        parts.append(f"{'To' if parts else 'to'} add it, write +{(override.input_line or '').lstrip('+')}")
    return " ".join(parts)


def _meant(key: str, paths: list[str]) -> str:
    """The path that is most likely meant: a like name beside it, the same name elsewhere, or a like path."""
    parent, _, name = key.rpartition(".")
    siblings = {path.rpartition(".")[2]: path for path in paths if path.rpartition(".")[0] == parent}
    if close := nearest(name, siblings):
        return siblings[close[0]]
    same = [path for path in paths if path.rpartition(".")[2] == name]
    elsewhere = nearest(key, same) if parent else same[:1]
    like = nearest(key, paths, cutoff=0.75) if parent and not siblings else []
    return next(iter([*elsewhere, *like]), "")


def _paths(values: Any, path: str = "") -> Iterator[str]:
    items = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for name, item in items:
        inner = f"{path}.{name}" if path else str(name)
        yield inner
        yield from _paths(item, inner)


def group_problems(
    overrides: Sequence[Override], made: Sequence[choices.Choice], catalog: choices.Catalog
) -> Iterator[Diagnostic]:
    """What is wrong with overrides that choose an option, given the choices that the files make."""
    chosen = {choice.key: choice for choice in made if not choice.override}
    for override in overrides:
        group, value = override.key_or_group, override.value()
        if not catalog.group_exists(group) or isinstance(value, dict):
            continue
        place = place_of(override)
        key = f"{group}@{override.package}" if override.package else group
        options = value if isinstance(value, list) else [value]
        if not override.is_delete() and any(not isinstance(option, str) for option in options):
            remedy = f"quote it: {group}='{value}'" if isinstance(value, int | float) else "name a file of the group"
            yield Diagnostic("HR122", f"an option of `{group}` is a name", place, remedy)
        elif override.is_add() and key in chosen:
            message = f"`{key}` is chosen already, at {chosen[key].group_place}"
            yield Diagnostic("HR122", message, place, f"leave `+` out: {(override.input_line or '')[1:]}")
        elif not override.is_add() and key not in chosen and not group.startswith("hydra/"):
            yield _not_chosen(override, key, chosen, place)
        else:
            unknown = [option for option in options if isinstance(option, str) and option not in catalog.options(group)]
            for option in [] if override.is_delete() else unknown:
                message, remedy = choices.unknown_option(group, option, catalog)
                yield Diagnostic("HR112", message, place, remedy)


def _not_chosen(override: Override, key: str, chosen: dict[str, choices.Choice], place: Place) -> Diagnostic:
    message = f"no defaults list chooses an option of `{key}`"
    same_group = [other for other in chosen if other.split("@")[0] == override.key_or_group]
    if same_group:
        return Diagnostic("HR122", message, place, f"did you mean {same_group[0]}=…?")
    remedy = "" if override.is_delete() else f"to add the choice, write +{override.input_line}"
    return Diagnostic("HR122", message, place, remedy)
