"""What decides a stage's result."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.plan import recipe
from headrace.plan.recipe import code_files, recipe_of


def test_the_slice_the_type_and_the_versions_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    base = recipe_of("split", {"test": "30d"}, "headrace.clock:run", ("polars",))

    assert recipe_of("split", {"test": "30d"}, "headrace.clock:run", ("polars",)) == base
    assert recipe_of("split", {"test": "31d"}, "headrace.clock:run", ("polars",)) != base
    assert recipe_of("other", {"test": "30d"}, "headrace.clock:run", ("polars",)) != base

    monkeypatch.setattr(recipe, "distribution_version", lambda name: "999")
    assert recipe_of("split", {"test": "30d"}, "headrace.clock:run", ("polars",)) != base


def test_code_is_the_module_and_what_it_imports_here_but_not_for_type_checking() -> None:
    names = {name for name, _ in code_files("headrace.stages.table")}

    assert "headrace.stages.table" in names
    assert "headrace.stages.kind" in names
    assert "headrace.config.schema.spec" not in names
    assert not any(name.startswith("pydantic") for name in names)


def test_relative_imports_and_cycles_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "own"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "one.py").write_text("from . import two\nfrom .three import x\n")
    (package / "two.py").write_text("from own import one\n")
    (package / "three.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(recipe, "OWN_PACKAGES", ("own",))
    recipe._imports.cache_clear()
    recipe._package_folder.cache_clear()
    recipe._source_of.cache_clear()

    assert {name for name, _ in code_files("own.one")} == {"own", "own.one", "own.two", "own.three"}
