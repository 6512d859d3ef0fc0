"""Which files a pipeline is made of, and who chose them."""

from __future__ import annotations

from config_folder import ProjectFolder
from headrace.config.compose.tree import option_files
from headrace.config.option_files import OptionFile


def tree(project: ProjectFolder, *overrides: str) -> OptionFile:
    return option_files(project.conf, "late", overrides, project.root)


def flat(node: OptionFile) -> dict[str, list[str]]:
    found = {node.label: [f"{item.option} {item.place}" for item in node.chosen]}
    for child in node.inside:
        found |= flat(child)
    return found


def test_files_stand_in_the_order_of_merging_below_who_chose_them(project: ProjectFolder) -> None:
    root = tree(project)

    assert root.file == "conf/config.yaml"
    assert [child.label for child in root.inside] == ["schedule: daily", "pipeline: late"]
    assert [child.label for child in root.inside[1].inside] == ["dataset: flights", "model: boosted"]
    assert root.inside[1].inside[1].file == "conf/model/boosted.yaml"


def test_a_choice_names_who_had_the_last_word_and_whose_it_replaced(project: ProjectFolder) -> None:
    assert flat(tree(project))["schedule: daily"] == [
        "daily conf/pipeline/late.yaml:5:25",
        "manual conf/config.yaml:2:15",
    ]


def test_an_override_has_the_last_word(project: ProjectFolder) -> None:
    assert flat(tree(project, "schedule=manual"))["schedule: manual"] == [
        "manual override 'schedule=manual'",
        "daily conf/pipeline/late.yaml:5:25",
        "manual conf/config.yaml:2:15",
    ]


def test_nothing_chosen_is_shown_as_such(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "  - _self_\n", "  - tracking: null\n  - _self_\n")

    found = tree(project)

    assert found.inside[1].label == "tracking: null"
    assert found.inside[1].file == ""
