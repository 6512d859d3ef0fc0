"""Hydra's way to the project's YAML files, with marks kept and problems collected instead of raised."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from posixpath import dirname
from typing import Any

from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra._internal.config_repository import CachingConfigRepository, ConfigRepository
from hydra._internal.config_search_path_impl import ConfigSearchPathImpl
from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra._internal.sources_registry import SourcesRegistry
from hydra._internal.utils import create_config_search_path
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.object_type import ObjectType
from hydra.core.override_parser.types import Override
from hydra.plugins.config_source import ConfigResult, ConfigSource
from omegaconf import Container, DictConfig, OmegaConf, flag_override, open_dict

from headrace.config import choices, nodes, written_values
from headrace.config.compose import interpolation
from headrace.config.compose.trees import copied, created
from headrace.config.consulted import Consulted
from headrace.config.nodes import Document, Written
from headrace.config.safety import keys
from headrace.config.safety import texts as texts_safety
from headrace.errors import ConfigError, Diagnostic, Place

#: The folder of pipelines below conf/, as Hydra's group.
PIPELINES = "pipeline"
#: The folder of environments, whose values land at the top too.
ENVIRONMENTS = "env"
#: How much of a file Hydra searches for `# @package`.
_HEADER_LENGTH = 512
#: Files that are kept ready for other pipelines of the same process, by config path and name.
_OPTIONS: dict[tuple[str, str], _Option] = {}
_OPTIONS_KEPT = 2048
_PACKAGE_LINE = re.compile(r"^[ \t]*#[ \t]*@package\b", re.MULTILINE)


@dataclass(frozen=True)
class Project:
    """Where the YAML is; messages name its files from the root on."""

    conf: Path
    root: Path

    def shown(self, path: Path) -> str:
        """A file's name in messages: relative to the root where it is below it, with forward slashes."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.as_posix()


@dataclass
class Reading:
    """What was read during one composition."""

    documents: dict[str, Document] = field(default_factory=dict)
    """Config path (`model/xgboost`) -> file."""
    paths: dict[str, Path] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    dropped: tuple[str, ...] = ()
    """Packages whose values in pipeline files do not count, because an override replaced their option."""
    consulted: Consulted = field(default_factory=Consulted)
    broken: bool = False
    """Whether a file could not be used at all: what follows from that is not worth reporting."""

    def take(self, config_path: str, path: Path, document: Document) -> None:
        """Remember a file and its problems, once."""
        if config_path not in self.documents:
            self.documents[config_path] = document
            self.paths[config_path] = path
            self.problems.extend(_option(config_path, document).problems)


def file_problems(config_path: str, document: Document) -> Iterator[Diagnostic]:
    """What is wrong with a file, whatever else it is composed with; `config_path` is its place below conf/."""
    yield from document.problems
    if document.root is not None:
        yield from choices.malformed(document)
        yield from keys.problems(document)
        yield from keys.climbing(config_path, document)
        yield from texts_safety.deceiving(document)
        yield from interpolation.problems(document, below_hydra=config_path.startswith("hydra/"))
        yield from _late_header(document)
        yield from written_values.problems(document, package_of(config_path, document))


def package_of(config_path: str, document: Document) -> str:
    """Where the values of a file land: as its header says, else where its folder is; empty for the top."""
    package = package_header(document)
    return dirname(config_path).replace("/", ".") if package is None else package.removeprefix("_global_").strip(".")


def _late_header(document: Document) -> Iterator[Diagnostic]:
    """`# @package` works only at the very top; anywhere else Hydra takes it for a comment."""
    match = _PACKAGE_LINE.search(document.text)
    if match and package_header(document) is None:
        line = document.text.count("\n", 0, match.start()) + 1
        reason = "another line stands above it" if line > 1 else "it names more than a package"
        message, place = f"this `# @package` has no effect: {reason}", Place(document.file, line, 1)
        yield document.diagnostic("HR114", message, place, "make it the first line, with one dotted name")


def package_header(document: Document) -> str | None:
    """The package that the file's first lines name, as Hydra reads them."""
    return _header(document)["package"]


def _header(document: Document) -> dict[str, str | None]:
    try:
        return ConfigSource._get_header_dict(document.text[:_HEADER_LENGTH])
    except ValueError:  # a comment that begins with @ and is no header
        return {"package": None}


@dataclass(eq=False)
class _Option:
    """A file as Hydra gets it: made once for as long as its text stays the same."""

    document: Document
    data: Any
    header: dict[str, str | None]
    problems: tuple[Diagnostic, ...]
    broken: bool
    ready: ConfigResult | None = None


def _option(config_path: str, document: Document) -> _Option:
    """The option that a file holds; `nodes.parse` gives the same document for the same text."""
    known = _OPTIONS.get((config_path, document.file))
    if known is None or known.document is not document:
        broken = document.data is None or any(choices.malformed(document)) or interpolation.broken(document)
        broken = broken or any(keys.climbing(config_path, document))
        data = {} if broken else document.data
        known = _Option(document, data, _header(document), tuple(file_problems(config_path, document)), broken)
        if len(_OPTIONS) >= _OPTIONS_KEPT:
            _OPTIONS.clear()
        _OPTIONS[config_path, document.file] = known
    return known


class _Source(FileConfigSource):
    """A folder of YAML files; whatever is asked of it is noted as consulted."""

    def __init__(self, provider: str, path: str, project: Project, reading: Reading) -> None:
        super().__init__(provider, path)
        self._plain = FileConfigSource(provider, path)
        self._extractor = ConfigRepository(ConfigSearchPathImpl())
        self._project, self._reading = project, reading

    def is_group(self, config_path: str) -> bool:
        path = os.path.join(self.path, config_path)
        self._reading.consulted.file(path)
        return os.path.isdir(path)

    def is_config(self, config_path: str) -> bool:
        path = os.path.join(self.path, self._normalize_file_name(config_path))
        self._reading.consulted.file(path)
        return os.path.isfile(path)

    def list(self, config_path: str, results_filter: ObjectType | None) -> list[str]:
        self._reading.consulted.folder(os.path.join(self.path, config_path))
        return self._plain.list(config_path, results_filter)

    def load_config(self, config_path: str) -> ConfigResult:
        """The file with its defaults list still in it, as Hydra's repository takes it."""
        option = self._option(config_path)
        return self._result(option, created(option.data))

    def ready(self, config_path: str) -> ConfigResult:
        """The file as Hydra's repository leaves it: without its defaults list, which stands beside it."""
        option = self._option(config_path)
        if option.ready is None:
            ready = self._result(option, created(option.data))
            raw = self._extractor._extract_defaults_list(config_path, ready.config)
            ready.defaults_list = self._extractor._create_defaults_list(config_path, raw)
            option.ready = ready
        result = self._result(option, copied(option.ready.config))
        result.defaults_list = option.ready.defaults_list  # Hydra copies it
        return result

    def _option(self, config_path: str) -> _Option:
        path = Path(os.path.join(self.path, self._normalize_file_name(config_path)))
        self._reading.consulted.file(path)
        document = nodes.read(path, self._project.shown(path), inside=Path(self.path))
        self._reading.take(config_path, path, document)
        option = _option(config_path, document)
        self._reading.broken |= option.broken
        return option

    def _result(self, option: _Option, config: Container) -> ConfigResult:
        path, header = f"{self.scheme()}://{self.path}", dict(option.header)
        return ConfigResult(config=config, path=path, provider=self.provider, header=header)


class _Repository(ConfigRepository):
    """Hydra's repository over the project's files."""

    def __init__(self, search_path: ConfigSearchPath, project: Project, reading: Reading) -> None:
        self.project, self.reading = project, reading
        super().__init__(search_path)

    def initialize_sources(self, config_search_path: ConfigSearchPath) -> None:
        self.sources = [self._source(item.provider, item.path) for item in config_search_path.get_path()]

    def _source(self, provider: str | None, path: str | None) -> ConfigSource:
        assert provider is not None
        assert path is not None
        scheme = self._get_scheme(path)
        if scheme == "file":
            return _Source(provider, path, self.project, self.reading)
        if provider.startswith("hydra.searchpath"):  # pkg:// would import the package that it names
            raise ConfigError([self._outside(path)])
        return SourcesRegistry.instance().resolve(scheme)(provider, path)

    def _outside(self, path: str) -> Diagnostic:
        message = f"`hydra.searchpath` may not name {path}: configuration imports no code"
        remedy = "name a folder"
        for document in self.reading.documents.values():
            for _, written in nodes.walk(document.root) if document.root else ():
                if written.text == path:
                    return document.diagnostic("HR134", message, written.at, remedy)
        return Diagnostic("HR134", message, Place("override 'hydra.searchpath'"), remedy)

    def load_config(self, config_path: str) -> ConfigResult | None:
        source = self._find_object_source(config_path, ObjectType.CONFIG)
        result = source.ready(config_path) if isinstance(source, _Source) else super().load_config(config_path)
        if result is not None and config_path.startswith(f"{PIPELINES}/"):
            for package in self.reading.dropped:
                _delete(result.config, _below(package, result.header["package"]))
        return result

    def __deepcopy__(self, memo: dict[int, Any]) -> _Repository:
        # Hydra copies the repository for every composition; what was read is shared.
        copied = object.__new__(_Repository)
        copied.project, copied.reading, copied.sources = self.project, self.reading, list(self.sources)
        return copied


class ProjectLoader(ConfigLoaderImpl):
    """Hydra's loader for one project."""

    def __init__(self, project: Project, consulted: Consulted | None = None) -> None:
        self.project = project
        self.reading = Reading(consulted=consulted or Consulted())
        self.config_search_path = create_config_search_path(f"file://{project.conf}")
        self.repository = _Repository(self.config_search_path, project, self.reading)

    def fresh_repository(self, overrides: list[Override]) -> CachingConfigRepository:
        """A repository for one composition, with `hydra.searchpath` heeded."""
        repository = CachingConfigRepository(self.repository)
        self._process_config_searchpath("config", overrides, repository)
        return repository

    def document(self, config_path: str) -> Document | None:
        """A file of the project by its config path, without composing; None if there is none."""
        path = self.project.conf / f"{config_path}.yaml"
        if not exists(os.path.isfile, str(path)):
            return None
        self.reading.consulted.file(path)
        return nodes.read(path, self.project.shown(path))

    @staticmethod
    def _embed_result_config(ret: ConfigResult, package_override: str | None) -> ConfigResult:
        """As Hydra's, which deep-copies a file's values to put them below the keys of their package."""
        package = ret.header["package"] if package_override is None else package_override
        if not package:
            return ret
        config = OmegaConf.create()
        with flag_override(config, "no_deepcopy_set_nodes", True):
            OmegaConf.update(config, package, copied(ret.config), merge=False)
        return replace(ret, config=config)

    def catalog(self) -> choices.Catalog:
        """What the project, and Hydra itself, have to choose from."""

        def options(group: str) -> list[str]:
            found = self.repository.get_group_options(group, ObjectType.CONFIG)
            return [option for option in found if not option.startswith("_dummy_")]  # Hydra's own, for tests

        return choices.Catalog(
            group_exists=lambda group: exists(self.repository.group_exists, group),
            file_exists=lambda path: exists(self.repository.config_exists, path),
            options=options,
            groups=[group for group in _groups(self.repository, self.project.conf) if not group.startswith("hydra")],
            folder=self.project.shown(self.project.conf),
        )


def exists(asked: Callable[[str], bool], path: str) -> bool:
    """What a repository says of a group or file; False for a name that no file can have."""
    try:
        return bool(asked(path))
    except (OSError, ValueError):
        return False


def _groups(
    repository: ConfigRepository, conf: Path, parent: str = "", above: frozenset[str] = frozenset()
) -> Iterator[str]:
    """All groups below one; a link that leads back to a folder above has no groups of its own."""
    above = above | {os.path.realpath(conf / parent)}
    for name in repository.get_group_options(parent, ObjectType.GROUP):
        group = f"{parent}/{name}" if parent else name
        yield group
        if group != "hydra" and os.path.realpath(conf / group) not in above:
            yield from _groups(repository, conf, group, above)


def _below(package: str, header: str | None) -> str | None:
    """A package as seen from inside a file whose own package is `header`; None where it is elsewhere."""
    own = (header or "_global_").removeprefix("_global_").strip(".")
    if not own:
        return package
    return package.removeprefix(f"{own}.") if package.startswith(f"{own}.") else None


def _delete(config: Container, path: str | None) -> None:
    if path is None or not isinstance(config, DictConfig):
        return
    parent, _, name = path.rpartition(".")
    node = OmegaConf.select(config, parent) if parent else config
    if isinstance(node, DictConfig) and name in node:
        with open_dict(node):
            node.pop(name)


def without_defaults(document: Document) -> Written:
    """The values that a file contributes: all but its defaults list."""
    root = document.root or Written(Place(document.file), children={})
    if not root.is_mapping:
        return root
    return replace(root, children={name: child for name, child in (root.children or {}).items() if name != "defaults"})


def texts(documents: Mapping[str, Document]) -> dict[str, str]:
    """File, as messages name it -> its text."""
    return {document.file: document.text for document in documents.values()}
