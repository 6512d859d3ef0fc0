"""Hydra and OmegaConf keep state in globals: this hands out a clean one and puts everything back."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from hydra import version
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.singleton import Singleton
from hydra.core.utils import JobRuntime
from hydra.version import VersionBase
from omegaconf import OmegaConf
from omegaconf.basecontainer import BaseContainer

from headrace.config.compose.interpolation import INNER, Resolvers

#: Composition swaps process-wide tables, so one thread composes at a time.
_LOCK = threading.RLock()
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
        table = BaseContainer._resolvers
        try:
            BaseContainer._resolvers = {name: table[name] for name in INNER if name in table}
            version.setbase("1.3")
            yield _registered(Resolvers(seen=seen))
        finally:
            BaseContainer._resolvers = table
            for kind in _SWAPPED:
                Singleton._instances.pop(kind, None)
            Singleton._instances.update(instances)


def _registered(resolvers: Resolvers) -> Resolvers:
    OmegaConf.register_new_resolver("env", resolvers.env)
    OmegaConf.register_new_resolver("secret", resolvers.secret)
    OmegaConf.register_new_resolver("oc.env", resolvers.refused)
    return resolvers
