"""Runs Hydra's defaults list for a pipeline: which files it is made of, in which order."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from hydra._internal.config_repository import CachingConfigRepository
from hydra._internal.defaults_list import DefaultsList, create_defaults_list
from hydra.core.default_element import DefaultsTreeNode, GroupDefault, InputDefault
from hydra.core.override_parser.types import Override
from omegaconf import DictConfig

from headrace.config import choices, provenance
from headrace.config.compose import overrides as overriding
from headrace.config.compose.repository import (
    ENVIRONMENTS,
    PIPELINES,
    Project,
    ProjectLoader,
    exists,
    package_header,
    without_defaults,
)
from headrace.config.consulted import Consulted
from headrace.config.file_kind import unreadable
from headrace.config.nearest import suggestion
from headrace.config.nodes import Document, Written, empty_file, is_empty, walk
from headrace.config.safety.names import pipeline_problems
from headrace.errors import ConfigError, Diagnostic, Place

_IN_FILE = re.compile(r"^In '([^']+)': ")
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Chosen:
    """The files of one composition."""

    loader: ProjectLoader
    repository: CachingConfigRepository
    defaults: DefaultsList
    notes: tuple[str, ...] = ()
    dropped: tuple[tuple[str, Written], ...] = ()
    """Dotted paths and marks of what pipeline files wrote for an option that an override replaced."""
    swapped: tuple[tuple[str, Written], ...] = ()
    """The same, of what such an option itself held."""
    files: tuple[Path, ...] = ()
    """The files of such options."""

    @property
    def environment(self) -> str | None:
        """The option of the group `env`."""
        chosen = self.defaults.overrides.known_choices.get(ENVIRONMENTS)
        return None if chosen in (None, "null") else str(chosen)


@dataclass(frozen=True)
class _Replaced:
    """A group whose option an override replaced, and the package of its values."""

    override: str
    package: str
    before: str
    values: Written
    """What the replaced option wrote, at the top of the configuration."""
    files: tuple[Path, ...]


def pipelines(conf: Path) -> list[str]:
    """Names of the pipelines that a configuration folder has, sorted."""
    return sorted(path.stem for path in (conf / PIPELINES).glob("*.yaml"))


def require_pipeline(project: Project, pipeline: str, consulted: Consulted | None = None) -> None:
    """ConfigError unless the project has that pipeline, and a conf/config.yaml."""
    folder = project.shown(project.conf)
    consulted = consulted or Consulted()
    consulted.file(project.conf / "config.yaml")
    if not (project.conf / "config.yaml").is_file():
        remedy = "run in the project's folder, or make a project with `headrace init`"
        raise ConfigError([Diagnostic("HR110", "there is no config.yaml", Place(folder), remedy)])
    file = project.conf / PIPELINES / f"{pipeline}.yaml"
    if file.stem != pipeline or file.parent.name != PIPELINES or not exists(os.path.lexists, str(file)):
        consulted.folder(project.conf / PIPELINES)
        known = pipelines(project.conf)
        message = f"there is no pipeline `{pipeline}`"
        remedy = suggestion(pipeline, known) or f"add {folder}/{PIPELINES}/{pipeline}.yaml"
        raise ConfigError([Diagnostic("HR110", message, Place(f"{folder}/{PIPELINES}"), remedy)])
    consulted.file(file)
    if problem := unreadable(file, project.shown(file), project.conf):
        raise ConfigError([problem])
    if refused := list(pipeline_problems(pipeline, f"{folder}/{PIPELINES}/{pipeline}.yaml")):
        raise ConfigError(refused)


def choose(
    project: Project, pipeline: str, overrides: Sequence[Override], consulted: Consulted | None = None
) -> Chosen:
    """The defaults list with the overrides applied; ConfigError for choices that cannot be made.

    Values that a pipeline file wrote for an option which an override then replaced are marked as dropped.
    """
    loader = ProjectLoader(project, consulted)
    first = overriding.pipeline_choice(project, pipeline)
    everything = [first, *overrides]
    for start in ("config", f"{PIPELINES}/{pipeline}"):
        if looping := choices.loop(start, loader.document):
            raise ConfigError([looping])
    defaults, repository = attempt(loader, everything, lambda: _defaults_list(loader, everything))
    _check_package(loader, defaults, pipeline)
    replaced = list(_replaced(project, first, overrides, defaults, loader.reading.consulted))
    dropped = [(group, list(_dropped(loader, defaults, group))) for group in replaced]
    if replaced:  # the files are loaded again, without what is dropped
        loader.reading.dropped = tuple(group.package for group in replaced)
        repository = loader.fresh_repository(everything)
    return Chosen(
        loader,
        repository,
        defaults,
        notes=tuple(_drop_note(group, lost) for group, lost in dropped if lost),
        dropped=tuple(entry for _, lost in dropped for entry in lost),
        swapped=tuple(entry for group in replaced for entry in provenance.leaves(group.values)),
        files=tuple(file for group in replaced for file in group.files),
    )


def build(chosen: Chosen, overrides: Sequence[Override]) -> DictConfig:
    """The configuration of these files, merged by Hydra, before value overrides."""

    def merged() -> DictConfig:
        defaults = chosen.defaults.defaults
        return chosen.loader._compose_config_from_defaults_list(defaults=defaults, repo=chosen.repository)

    try:
        return attempt(chosen.loader, overrides, merged)
    except ConfigError as error:
        raise ConfigError(list(_clashes(chosen)) or error.diagnostics) from error


def contributions(chosen: Chosen) -> Iterator[Written]:
    """What each file adds to the configuration, as marks, in the order of merging."""
    reading = chosen.loader.reading
    for default in chosen.defaults.defaults:
        path = default.config_path or ""
        if path not in reading.documents:
            continue
        marks = provenance.embed(default.package or "", without_defaults(reading.documents[path]))
        if path.startswith(f"{PIPELINES}/"):
            for package in reading.dropped:
                marks = provenance.remove(marks, package.split("."))
        yield marks


def attempt(loader: ProjectLoader, overrides: Sequence[Override], action: Callable[[], _Result]) -> _Result:
    """Run a step of Hydra's; ConfigError with all that is known to be wrong if it fails or a file has problems."""
    try:
        result = action()
    except ConfigError:
        raise
    except Exception as error:  # whatever Hydra raises, the YAML or an override is at fault
        raise ConfigError(_explain(error, loader, overrides)) from error
    if loader.reading.problems:
        raise ConfigError(loader.reading.problems)
    return result


def _defaults_list(
    loader: ProjectLoader, overrides: list[Override], skip_missing: bool = False
) -> tuple[DefaultsList, CachingConfigRepository]:
    def create(with_hydra: bool) -> tuple[DefaultsList, CachingConfigRepository]:
        repository = loader.fresh_repository(overrides)
        return create_defaults_list(repository, "config", overrides, with_hydra, skip_missing), repository

    # Hydra's own configuration takes most of the time and matters only where somebody chooses from it.
    if any(override.is_hydra_override() for override in overrides):
        return create(with_hydra=True)
    try:
        return create(with_hydra=False)
    except Exception:
        if not any("hydra" in document.text for document in loader.reading.documents.values()):
            raise
        return create(with_hydra=True)


def _explain(error: Exception, loader: ProjectLoader, overrides: Sequence[Override]) -> list[Diagnostic]:
    reading = loader.reading
    found = list(reading.problems)
    headless = [(path, document) for path, document in reading.documents.items() if _lacks_header(path, document)]
    if (shared := reading.documents.get("config")) is not None and not found and is_empty(shared):
        return [empty_file(shared)]
    if headless and not found:
        return [_no_header(path, document) for path, document in headless]
    if not headless and not reading.broken:
        catalog = loader.catalog()
        found += choices.problems(reading.documents, catalog)
        made = [choice for path, document in reading.documents.items() for choice in choices.choices(path, document)]
        found += overriding.group_problems(overrides[1:], made, catalog)
    return found or _in_hydras_words(error, loader, overrides)


def _in_hydras_words(error: Exception, loader: ProjectLoader, overrides: Sequence[Override]) -> list[Diagnostic]:
    """The last resort: Hydra's first line, at the override, entry or file that it is about."""
    message, named = _first_line(error)
    first, *others = overrides
    blamed = [(other, found) for other in others if (found := _failure(loader, [first, other]))]
    if blamed and not _failure(loader, [first]):
        return [Diagnostic("HR115", _first_line(found)[0], overriding.place_of(other)) for other, found in blamed]
    documents = loader.reading.documents
    if choice := choices.mentioned(message, documents):
        return [choice.document.diagnostic("HR115", message, choice.option_place)]
    if named in documents:
        return [documents[named].diagnostic("HR115", message, Place(documents[named].file))]
    return [Diagnostic("HR115", message, Place(loader.project.shown(loader.project.conf)))]


def _first_line(error: Exception) -> tuple[str, str]:
    """What Hydra says first, and the config path of the file that it says it of."""
    # What the operating system says names a path of this machine.
    said = error.strerror or "" if isinstance(error, OSError) else str(error)
    message = next((line.strip() for line in said.splitlines() if line.strip()), type(error).__name__)
    match = _IN_FILE.match(message)
    return (message[match.end() :], match[1]) if match else (message, "")


def _failure(loader: ProjectLoader, overrides: list[Override]) -> Exception | None:
    """What a defaults list with just these overrides fails with."""
    try:
        _defaults_list(ProjectLoader(loader.project, loader.reading.consulted), overrides)
    except Exception as error:  # noqa: BLE001 - any failure is the answer
        return error
    return None


def _clashes(chosen: Chosen) -> Iterator[Diagnostic]:
    """Where one file writes a list and another a mapping."""
    below: Written | None = None
    for above in contributions(chosen):
        for path, first, second in provenance.clashes(below, above):
            kinds = ("list", "mapping") if first.is_list else ("mapping", "list")
            message = f"`{path}` is a {kinds[1]} here, but a {kinds[0]} at {first.key or first.at}"
            place = second.key or second.at
            document = next(item for item in chosen.loader.reading.documents.values() if item.file == place.file)
            yield document.diagnostic("HR115", message, place, "write both in the same way")
        below = provenance.merge(below, above)


def _check_package(loader: ProjectLoader, defaults: DefaultsList, pipeline: str) -> None:
    path = f"{PIPELINES}/{pipeline}"
    packages = [default.package for default in defaults.defaults if default.config_path == path]
    document = loader.reading.documents[path]
    if is_empty(document):
        raise ConfigError([empty_file(document)])
    if any(packages) and _lacks_header(path, document):
        raise ConfigError([_no_header(path, document)])
    found = loader.reading.documents.items()
    if elsewhere := [_no_header(path, document) for path, document in found if _is_misplaced(path, document)]:
        raise ConfigError(elsewhere)


def _is_misplaced(path: str, document: Document) -> bool:
    """Whether an environment's values would land below `env`, where nothing reads them."""
    has_values = bool(without_defaults(document).children)
    return path.startswith(f"{ENVIRONMENTS}/") and has_values and package_header(document) is None


def _lacks_header(path: str, document: Document) -> bool:
    usable = document.data is not None  # of a broken file, the first line says nothing
    return path.startswith(f"{PIPELINES}/") and package_header(document) != "_global_" and usable


def _no_header(path: str, document: Document) -> Diagnostic:
    if is_empty(document):
        return empty_file(document)
    named = package_header(document)
    where = path.partition("/")[0] if named is None else named
    message = f"the values of this file would land below `{where}`, not at the top"
    remedy = "begin it with `# @package _global_`"
    if named is not None:
        line = next((i for i, text in enumerate(document.text.splitlines()) if "@package" in text), 0)
        return document.diagnostic("HR114", message, Place(document.file, line + 1, 1), "write `# @package _global_`")
    return document.diagnostic("HR114", message, Place(document.file, 1, 1), remedy)


def _replaced(
    project: Project, first: Override, overrides: Sequence[Override], defaults: DefaultsList, shared: Consulted
) -> Iterator[_Replaced]:
    # Its own, because the replaced option is not a part of the result; but a part of what was consulted.
    loader = ProjectLoader(project, shared)
    is_group = loader.repository.group_exists
    changing = [item for item in overrides if not item.is_add() and exists(is_group, item.key_or_group)]
    if not changing:
        return
    try:
        written, _ = _defaults_list(loader, [first], skip_missing=True)
    except Exception:  # noqa: BLE001 - the YAML alone does not compose: no option could have been replaced
        return
    packages = {**_packages(written.defaults_tree), **_packages(defaults.defaults_tree)}
    for override in changing:
        group = override.key_or_group
        key = f"{group}@{override.package}" if override.package else group
        before, after = written.overrides.known_choices.get(key), defaults.overrides.known_choices.get(key)
        package = packages.get(key)
        if before not in (None, "???", after) and package and not group.startswith("hydra/"):
            path = f"{group}/{before}"
            values = provenance.embed(package, without_defaults(loader.reading.documents.get(path, Document(""))))
            files = tuple(file for name, file in loader.reading.paths.items() if name == path)
            yield _Replaced(override.input_line or "", package, str(before), values, files)


def _packages(node: DefaultsTreeNode | InputDefault) -> dict[str, str]:
    """Override key of each chosen group -> the package that its values land in."""
    found: dict[str, str] = {}
    default = node.node if isinstance(node, DefaultsTreeNode) else node
    if isinstance(default, GroupDefault):
        found[default.get_override_key()] = default.get_final_package()
    for child in (node.children or []) if isinstance(node, DefaultsTreeNode) else []:
        found |= _packages(child)
    return found


def _dropped(loader: ProjectLoader, defaults: DefaultsList, group: _Replaced) -> Iterator[tuple[str, Written]]:
    """The values of pipeline files that the replaced option takes with it."""
    for path in dict.fromkeys(default.config_path or "" for default in defaults.defaults):
        document = loader.reading.documents.get(path)
        if document and path.startswith(f"{PIPELINES}/"):
            marks = walk(without_defaults(document))
            leaves = [(name, value) for name, value in marks if not (value.is_mapping and value.children)]
            yield from ((name, leaf) for name, leaf in leaves if f"{name}.".startswith(f"{group.package}."))


def _drop_note(group: _Replaced, lost: Sequence[tuple[str, Written]]) -> str:
    shown = ", ".join(f"{name} ({leaf.at})" for name, leaf in lost)
    return f"{group.override} replaces {group.before}: {shown} dropped"
