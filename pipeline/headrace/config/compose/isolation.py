"""Hydra and OmegaConf keep state in globals: this hands out a clean one and puts everything back."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from hydra import version
from hydra._internal import defaults_list as hydras_list
from hydra.core.default_element import InputDefault
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.singleton import Singleton
from hydra.core.utils import JobRuntime
from hydra.version import VersionBase
from omegaconf import DictConfig, OmegaConf
from omegaconf.base import Container
from omegaconf.basecontainer import BaseContainer

from headrace.config.compose.interpolation import INNER, Budget, Resolvers

#: Composition swaps process-wide tables, so one thread composes at a time.
_LOCK = threading.RLock()
_HYDRAS_MAP = hydras_list._create_interpolation_map
_NO_CHOICES = OmegaConf.create({})
_SWAPPED = (GlobalHydra, HydraConfig, JobRuntime, VersionBase)


@contextmanager
def isolated(seen: dict[str, str | None] | None = None) -> Iterator[Resolvers]:
    """Hydra as in a fresh process of version base 1.3, with only the allowed resolvers.

    Environment variables that they read are noted in `seen`.
    Whatever the caller had (an initialised GlobalHydra, resolvers of its own) is there again afterwards.
    """
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        instances: dict[type, Singleton] = {
            kind: Singleton._instances.pop(kind) for kind in _SWAPPED if kind in Singleton._instances
        }
        table, evaluate = BaseContainer._resolvers, Container.resolve_parse_tree
        hydras_list._create_interpolation_map = _interpolation_map
        try:
            BaseContainer._resolvers = {name: table[name] for name in INNER if name in table}
            Container.resolve_parse_tree = Budget().spent_by(evaluate)  # type: ignore[method-assign]
            version.setbase("1.3")
            yield _registered(Resolvers(seen=seen))
        finally:
            BaseContainer._resolvers = table
            Container.resolve_parse_tree = evaluate  # type: ignore[method-assign]
            hydras_list._create_interpolation_map = _HYDRAS_MAP
            for kind in _SWAPPED:
                Singleton._instances.pop(kind, None)
            Singleton._instances.update(instances)


def _interpolation_map(
    overrides: hydras_list.Overrides, defaults_list: list[InputDefault], self_added: bool
) -> DictConfig:
    """What a defaults list may refer to, made only where an entry of it does refer to something: a quarter of the time.

    Hydra makes it for every file, and looks into it for entries that are interpolations.
    """
    if any("${" in str(getattr(default, "value", None) or getattr(default, "path", "")) for default in defaults_list):
        made: DictConfig = _HYDRAS_MAP(overrides, defaults_list, self_added)
        return made
    return _NO_CHOICES


def _registered(resolvers: Resolvers) -> Resolvers:
    OmegaConf.register_new_resolver("env", resolvers.env)
    OmegaConf.register_new_resolver("secret", resolvers.secret)
    OmegaConf.register_new_resolver("each", resolvers.each)
    OmegaConf.register_new_resolver("oc.env", resolvers.refused)
    return resolvers
