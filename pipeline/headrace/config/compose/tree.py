"""The tree of option files that a pipeline is made of: who chose each, and whose choice it replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hydra.core.default_element import ConfigDefault, DefaultsTreeNode, GroupDefault, InputDefault
from hydra.core.override_parser.types import Override

from headrace.config import choices
from headrace.config.compose import overrides as overriding
from headrace.config.compose.choosing import choose, require_pipeline
from headrace.config.compose.isolation import isolated
from headrace.config.compose.repository import PIPELINES, Project, Reading
from headrace.config.option_files import OptionFile, Selection
from headrace.errors import Place


def option_files(
    project_conf: Path, pipeline: str, overrides: Sequence[str], root: Path, origins: Mapping[str, Place] | None = None
) -> OptionFile:
    """The files, from conf/config.yaml on, in the order of merging: what comes later wins.

    `origins` are the places of overrides that stand for something else, such as an environment variable.
    Raises ConfigError where the pipeline does not compose.
    """
    with isolated():
        project = Project(project_conf, root)
        require_pipeline(project, pipeline)
        parsed = overriding.parse(overrides)
        chosen = choose(project, pipeline, parsed)
        return _Reader(chosen.loader.reading, project, pipeline, parsed, origins or {}).node(
            chosen.defaults.defaults_tree
        )


class _Reader:
    """Reads Hydra's tree, with the files that its choices were made in."""

    def __init__(
        self,
        reading: Reading,
        project: Project,
        pipeline: str,
        overrides: Sequence[Override],
        origins: Mapping[str, Place],
    ) -> None:
        self.reading, self.project, self.pipeline = reading, project, pipeline
        self.overrides, self.origins = overrides, origins
        self.made = [c for path, document in reading.documents.items() for c in choices.choices(path, document)]

    def node(self, node: DefaultsTreeNode | InputDefault) -> OptionFile:
        default = node.node if isinstance(node, DefaultsTreeNode) else node
        path = default.get_config_path() if not self._is_nothing(default) else ""
        inner = (node.children or []) if isinstance(node, DefaultsTreeNode) else []
        return OptionFile(
            label=self._label(default),
            file=self.project.shown(self.reading.paths[path]) if path in self.reading.paths else "",
            package=default.get_final_package() if path in self.reading.paths else "",
            chosen=tuple(self._chosen(default)),
            inside=tuple(self.node(child) for child in inner if not _is_self(child)),
        )

    def _is_nothing(self, default: InputDefault) -> bool:
        return default.get_name() in (None, "null") or default.is_deleted()

    def _label(self, default: InputDefault) -> str:
        if not isinstance(default, GroupDefault):
            return default.get_config_path()
        name = default.get_name()
        shown = "null" if self._is_nothing(default) else ", ".join(name) if isinstance(name, list) else str(name)
        return f"{default.get_override_key()}: {shown}"

    def _chosen(self, default: InputDefault) -> Iterator[Selection]:
        """Who chose it, first who has the last word."""
        if not isinstance(default, GroupDefault):
            return
        key = default.get_override_key()
        if key == PIPELINES:
            yield Selection(Place("the command"), self.pipeline)
            return
        words = [o for o in self.overrides if _key(o) == key]
        yield from (Selection(self._place_of(o), str(o.value())) for o in reversed(words))
        made = [choice for choice in self.made if choice.key == key]
        for choice in [*reversed([c for c in made if c.override]), *[c for c in made if not c.override]]:
            yield Selection(choice.option_place, choice.text.rpartition(": ")[2])

    def _place_of(self, override: Override) -> Place:
        return self.origins.get(override.input_line or "", overriding.place_of(override))


def _key(override: Override) -> str:
    return f"{override.key_or_group}@{override.package}" if override.package else str(override.key_or_group)


def _is_self(node: DefaultsTreeNode | InputDefault) -> bool:
    default = node.node if isinstance(node, DefaultsTreeNode) else node
    return isinstance(default, ConfigDefault) and default.is_self()
