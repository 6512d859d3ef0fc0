from __future__ import annotations

from config_folder import ProjectFolder

PIPELINE = "conf/pipeline/late.yaml"


def codes(project: ProjectFolder) -> list[str]:
    return [found.code for found in project.check().warnings]


def test_a_timed_source_that_is_split_by_time_or_by_group_is_fine(project: ProjectFolder) -> None:
    project.edit("conf/dataset/flights.yaml", "delay]}", "delay], time_column: day}")
    assert codes(project) == []
    by_time, by_group = (
        "{method: time, column: day, test: 30d, validation: 30d}",
        "{method: grouped, column: carrier, test: 0.2, validation: 0.2}",
    )
    project.edit(PIPELINE, by_time, by_group)
    assert codes(project) == []


def test_a_time_split_by_a_text(project: ProjectFolder) -> None:
    source = "{type: csv, path: data/f.csv, types: {day: string}}"
    project.write({"conf/dataset/flights.yaml": f"sources: {{flights: {source}}}\nrow_id: [id]\n"})
    found = project.problem()
    assert (found.code, str(found.place)) == ("HR169", "conf/pipeline/late.yaml:12:31")
