from __future__ import annotations

import pytest

from config_folder import FILES, ProjectFolder
from headrace.errors import ConfigError


@pytest.fixture
def project(tmp_path) -> ProjectFolder:
    folder = ProjectFolder(tmp_path)
    folder.write(FILES)
    return folder


def test_data_is_what_it_is(project: ProjectFolder) -> None:
    project.edit(
        "conf/dataset/flights.yaml",
        "type: csv, path: data/w",
        'type: csv, separator: "\\x01", null_values: ["\\u200b", "{{"], path: data/w',
    )
    project.write(
        {"conf/validation/v.yaml": 'flights: {columns: {carrier: {values: ["a\\u200bb"], matches: "[{{]%}"}}}\n'}
    )
    project.edit("conf/pipeline/late.yaml", "  - /dataset: flights", "  - /dataset: flights\n  - /validation: v")
    project.compile()


def test_prose_may_speak_of_templates_and_have_lines(project: ProjectFolder) -> None:
    project.edit(
        "conf/pipeline/late.yaml", "task: binary", 'description: "Not filled in: {{ ds }}\\n<b>$(id)</b>"\ntask: binary'
    )
    assert project.compile()[0].description == "Not filled in: {{ ds }}\n<b>$(id)</b>"


def test_letters_of_all_scripts_are_names(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "owner: nobody", 'owner: Søren 名前 O\'Neill & "Co"')
    project.compile()


def test_the_largest_whole_numbers(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "seed: 0", f"seed: {2**63 - 1}")
    project.compile()
    project.edit("conf/config.yaml", str(2**63 - 1), str(2**63))
    assert project.problem().code == "HR261"


@pytest.mark.parametrize("written", ['runtime: {env: {"A\\nB": x}}', 'dag: {links: {"a\\nb": "https://a.example"}}'])
def test_a_key_of_two_lines_is_refused(project: ProjectFolder, written: str) -> None:
    project.edit("conf/pipeline/late.yaml", "task: binary", f"{written}\ntask: binary")
    with pytest.raises(ConfigError, match="has a line break"):
        project.compile()
