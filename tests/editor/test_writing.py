"""The schema files, and when they are written again."""

from __future__ import annotations

import json
import shutil

from headrace.editor.writing import refresh, schema_folder, write_schemas
from headrace.project import Project


def test_equal_projects_have_equal_files(project: Project, copy: Project) -> None:
    made = write_schemas(copy)

    assert [path.name for path in made] == sorted(path.name for path in schema_folder(project).glob("*.json"))
    for path in made:
        assert path.read_bytes() == (schema_folder(project) / path.name).read_bytes()


def test_what_is_current_is_left_alone(copy: Project) -> None:
    write_schemas(copy)
    before = (schema_folder(copy) / "model.json").stat().st_mtime_ns

    assert not refresh(copy)
    assert (schema_folder(copy) / "model.json").stat().st_mtime_ns == before


def test_a_new_option_is_offered_after_the_next_command(copy: Project) -> None:
    write_schemas(copy)
    (copy.conf / "dataset" / "boats.yaml").write_text("sources: {boats: {type: csv, path: boats.csv}}\n")

    assert refresh(copy)
    entries = json.loads((schema_folder(copy) / "pipeline.json").read_text())["properties"]["defaults"]
    assert "boats" in json.dumps(entries)


def test_a_new_pipeline_changes_nothing(copy: Project) -> None:
    """Projects have many, and every command would pay."""
    write_schemas(copy)
    shutil.copy(copy.conf / "pipeline" / "wine_cultivars.yaml", copy.conf / "pipeline" / "more.yaml")

    assert not refresh(copy)


def test_a_project_whose_editor_does_not_look_is_left_alone(copy: Project) -> None:
    shutil.rmtree(schema_folder(copy))

    assert not refresh(copy)
    assert not schema_folder(copy).exists()


def test_a_fresh_clone_gets_its_schemas(copy: Project) -> None:
    """The settings are in git, the schemas are not."""
    shutil.rmtree(schema_folder(copy))
    (copy.root / ".vscode").mkdir()
    (copy.root / ".vscode" / "settings.json").write_text('{"yaml.schemas": {"./.headrace/schema/model.json": "x"}}')

    assert refresh(copy)
    assert (schema_folder(copy) / "model.json").exists()


def test_a_folder_that_cannot_be_written_stops_no_command(copy: Project) -> None:
    write_schemas(copy)
    (copy.conf / "dataset" / "boats.yaml").write_text("sources: {}\n")
    (schema_folder(copy) / ".model.json").mkdir()
    shutil.rmtree(copy.home / "compiled")
    (copy.home / "compiled").write_text("in the way of the index")

    assert not refresh(copy)
