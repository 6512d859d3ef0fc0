"""The schema that editors read, asked for keys and choices."""

from __future__ import annotations

from pathlib import Path

from headrace.completion.schema_file import SchemaFile, read_schema
from headrace.project import Project


def test_keys_follow_the_kind_that_the_pipeline_has(project: Project) -> None:
    schema = read_schema(project)

    assert dict(schema.children(["split"], {"split": {"method": "time"}})).keys() == {
        "method",
        "column",
        "test",
        "validation",
    }
    assert dict(schema.children(["split"], {})).keys() == {"method"}


def test_names_that_may_be_any_are_gone_through(project: Project) -> None:
    found = dict(read_schema(project).children(["validation", "table"], {}))

    assert found == {"rows": True, "unique": False, "columns": True}


def test_without_a_file_nothing_is_known(tmp_path: Path) -> None:
    schema = read_schema(Project(tmp_path, tmp_path / ".headrace"))

    assert schema == SchemaFile({})
    assert schema.children(["model"], {}) == []
    assert schema.choices(["task"], {}) == []
