from __future__ import annotations

from config_folder import ProjectFolder

PIPELINE = "conf/pipeline/late.yaml"


def codes(project: ProjectFolder) -> list[str]:
    return [found.code for found in project.check().warnings]


def test_a_part_of_a_name_may_be_a_feature(project: ProjectFolder) -> None:
    project.edit("conf/dataset/flights.yaml", "row_id: [id]", "row_id: [id, carrier]")
    assert codes(project) == []


def test_a_measurement_that_is_unique_by_chance_names_no_row(project: ProjectFolder) -> None:
    rules = "validation: {table: {columns: {distance: {type: float, unique: true}}}}\n"
    project.edit(PIPELINE, "gates:", rules + "gates:")
    assert codes(project) == []
