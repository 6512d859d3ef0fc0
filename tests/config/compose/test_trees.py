"""Trees that are made and copied here are the trees that OmegaConf makes and copies."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import DictConfig, OmegaConf

from headrace.config.compose.trees import copied, created

KEYS = st.one_of(st.sampled_from(["a", "b", "long key"]), st.integers(0, 3))
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["x", "", "???", "${a}"]))
VALUES = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3))
)
DATA = st.dictionaries(KEYS, VALUES, max_size=4)


def _facts(node: Any) -> Any:
    """All that a node is, and its children; the parent and what flags it remembers are not its own."""
    facts = {name: repr(value) for name, value in node.__dict__.items() if name not in ("_parent", "_content")}
    del facts["_flags_cache"]
    content = node.__dict__.get("_content")
    children = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    return type(node), facts, repr(content) if not children else {key: _facts(child) for key, child in children}


@settings(max_examples=150, deadline=None)
@given(DATA)
def test_both_equal_omegaconfs(data: dict[Any, Any]) -> None:
    expected = OmegaConf.create(data)

    assert _facts(created(data)) == _facts(expected)
    assert _facts(copied(expected)) == _facts(copy.deepcopy(expected))


def test_a_copy_shares_nothing_that_changes() -> None:
    first = created({"a": {"b": [1, {"c": 2}]}})
    second = copied(first)
    assert isinstance(second, DictConfig)
    second.a.b[1].c = 9
    OmegaConf.set_readonly(second, True)

    assert OmegaConf.to_container(first) == {"a": {"b": [1, {"c": 2}]}}
    assert not OmegaConf.is_readonly(first)
    assert second.a._get_parent() is second
