from __future__ import annotations

import pytest

from headrace.config.known_paths import accepts, keys_at


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("seed", True),
        ("model.params.anything", True),
        ("dataset.sources.new.path", True),
        ("gates.0.min", True),
        ("split.validation", True),
        ("sed", False),
        ("model.paramss", False),
        ("seed.x", False),
    ],
)
def test_which_paths_the_schema_has(path: str, known: bool) -> None:
    assert accepts(path) is known


def test_the_kind_decides_which_keys_there_are() -> None:
    values = {"split": {"method": "time"}, "dataset": {"sources": {"s": {"type": "parquet"}}}}
    assert keys_at(["split"], values) == ["column", "method", "test", "validation"]
    assert "encoding" not in (keys_at(["dataset", "sources", "s"], values) or [])
    assert keys_at(["model", "params"], {}) is None
    assert "name" not in (keys_at([], {}) or [])


def test_an_unknown_kind_allows_the_keys_of_all() -> None:
    keys = keys_at(["dataset", "sources", "s"], {"dataset": {"sources": {"s": {"type": "cvs"}}}})
    assert "encoding" in (keys or [])
