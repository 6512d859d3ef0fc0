"""OmegaConf's trees of plain values: made and copied as OmegaConf does, in a tenth of its time.

`OmegaConf.create` and `copy.deepcopy` ask of each node what it might be. What is read from YAML has three kinds: a
mapping, a list, a value. A test holds both against what OmegaConf makes, attribute by attribute.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from functools import cache
from typing import Any

from omegaconf import AnyNode, Container, DictConfig, ListConfig, Node, OmegaConf

_PLAIN = (AnyNode, DictConfig, ListConfig)


def created(data: Any) -> Container:
    """As `OmegaConf.create(data)` for what YAML holds: mappings, lists, text, numbers, booleans and null."""
    if not isinstance(data, dict):
        other: Container = OmegaConf.create(data)
        return other
    root: Container = _created(data, None, None)
    return root


def copied(config: Container) -> Container:
    """A tree of its own, without a parent, that shares nothing that can be changed."""
    new: Container = _copied(config, None)
    return new


@cache
def _models() -> dict[type, Node]:
    """One node of each kind as OmegaConf makes it inside a mapping."""
    made = OmegaConf.create({"mapping": {}, "list": [], "value": 0})
    nodes = {kind: made._get_node(name) for kind, name in ((dict, "mapping"), (list, "list"), (object, "value"))}
    return {kind: node for kind, node in nodes.items() if isinstance(node, Node)}


def _created(data: Any, parent: Node | None, key: Any) -> Any:
    kind: type = dict if isinstance(data, dict) else list if isinstance(data, list) else object
    new, facts = _like(_models()[kind], parent)
    facts["_metadata"].key = key
    if kind is dict:
        facts["_content"] = {name: _created(child, new, name) for name, child in data.items()}
    elif kind is list:
        facts["_content"] = [_created(child, new, index) for index, child in enumerate(data)]
    else:
        facts["_val"] = data
    return new


def _copied(node: Node, parent: Node | None) -> Any:
    if type(node) not in _PLAIN:
        other = copy.deepcopy(node)
        other.__dict__["_parent"] = parent
        return other
    new, facts = _like(node, parent)
    content = facts.get("_content")
    if isinstance(content, dict):
        facts["_content"] = {key: _copied(child, new) for key, child in content.items()}
    elif isinstance(content, list):
        facts["_content"] = [_copied(child, new) for child in content]
    return new


def _like(node: Node, parent: Node | None) -> tuple[Any, dict[str, Any]]:
    """A node of the same facts below another parent, and those facts; children are still the other's."""
    new = object.__new__(type(node))
    facts: dict[str, Any] = new.__dict__
    facts.update(node.__dict__)
    facts["_parent"] = parent
    facts["_flags_cache"] = None  # it holds what the parents say
    metadata = node.__dict__["_metadata"]
    facts["_metadata"] = own = object.__new__(type(metadata))
    own.__dict__.update(metadata.__dict__)
    own.resolver_cache = defaultdict(dict)
    own.flags = None if metadata.flags is None else dict(metadata.flags)
    return new, facts
