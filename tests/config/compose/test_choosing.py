from __future__ import annotations

import sys

import pytest

from config_folder import ProjectFolder
from headrace.config.compose import pipelines

PIPELINE = "conf/pipeline/late.yaml"


def test_the_pipelines_of_a_project(project: ProjectFolder) -> None:
    project.write({"conf/pipeline/early.yaml": "", "conf/pipeline/notes.txt": ""})
    assert pipelines(project.conf) == ["early", "late"]


def test_an_unknown_pipeline(project: ProjectFolder) -> None:
    found = project.problem(pipeline="lat")
    assert (found.code, str(found.place)) == ("HR110", "conf/pipeline")
    assert found.remedy == "did you mean late? There are: late"


@pytest.mark.parametrize("name", ["../model/forest", "", "late=x", "a/b"])
def test_a_name_that_is_no_pipelines(project: ProjectFolder, name: str) -> None:
    assert project.problem(pipeline=name).code == "HR110"


def test_a_folder_without_a_project(project: ProjectFolder) -> None:
    (project.conf / "config.yaml").unlink()
    assert project.problem().message == "there is no config.yaml"


@pytest.mark.parametrize(
    ("before", "after", "code", "place", "message", "remedy"),
    [
        (
            "/model: boosted",
            "/model: boostd",
            "HR112",
            "4:13",
            "conf/model has no option `boostd`",
            "did you mean boosted?",
        ),
        ("/model: boosted", "/modle: boosted", "HR111", "4:5", "there is no group `modle`", "did you mean model?"),
        ("/model: boosted", "model: boosted", "HR111", "4:5", "there is no group `pipeline/model`", "write /model"),
        (
            "override /schedule",
            "/schedule",
            "HR113",
            "5:5",
            "`schedule` is chosen already, at conf/config.yaml:2:5",
            "write `override /schedule: daily`",
        ),
        (
            "/model: boosted",
            "override /model: boosted",
            "HR113",
            "4:5",
            "there is no choice of `model` to override",
            "leave `override` out: `/model: boosted`",
        ),
        ("  - override", "  - /tracking: x\n  - override", "HR111", "5:5", "there is no group `tracking`", ""),
        (
            "  - override",
            "  - /schedule/dayly\n  - override",
            "HR112",
            "5:5",
            "conf/schedule/dayly.yaml does not exist",
            "did you mean daily?",
        ),
        (
            "  - _self_",
            "  - /dataset@b: flights\n  - _self_",
            "HR113",
            "6:5",
            "this entry stands below an `override`",
            "move it above",
        ),
        (
            "defaults:\n",
            "defaults:\n  - {a: 1, b: 2}\n",
            "HR113",
            "3:5",
            "an entry of a defaults list names one group",
            "",
        ),
        ("  - /dataset: flights\n", "  - /dataset: {a: 1}\n", "HR113", "3:5", "an option is the name of a file", ""),
        (
            "# @package _global_\n",
            "",
            "HR114",
            "1:1",
            "the values of this file would land below `pipeline`",
            "begin it with",
        ),
        (
            "# @package",
            "# yaml-language-server: x\n# @package",
            "HR114",
            "2:1",
            "this `# @package` has no effect",
            "make it the first line",
        ),
        (
            "gates:\n",
            "schedule: [1]\ngates:\n",
            "HR115",
            "16:1",
            "`schedule` is a list here, but a mapping at conf/schedule/daily.yaml:1:1",
            "write both",
        ),
        ("task: binary", "task: !!binary x", "HR106", "7:7", "the tag !!binary is not supported", ""),
        ("task: binary", "task: {_target_: os.system}", "HR133", "7:8", "`_target_` is forbidden", "delete it"),
    ],
)
def test_what_is_wrong_with_a_file(
    project: ProjectFolder, before: str, after: str, code: str, place: str, message: str, remedy: str
) -> None:
    project.edit(PIPELINE, before, after)
    found = project.problem()
    assert (found.code, str(found.place)) == (code, f"{PIPELINE}:{place}")
    assert found.message.startswith(message)
    assert found.remedy.startswith(remedy)


def test_defaults_that_are_no_list(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "  - schedule: manual\n  - _self_", "  schedule: manual")
    found = project.problem()
    assert (found.code, str(found.place)) == ("HR113", "conf/config.yaml:2:3")


def test_all_wrong_choices_at_once(project: ProjectFolder) -> None:
    project.edit(PIPELINE, "/dataset: flights", "/dataset: flihts")
    project.edit(PIPELINE, "/model: boosted", "/model: boostd")
    assert [found.code for found in project.problems()] == ["HR112", "HR112"]


def test_the_search_path_names_folders_and_imports_nothing(project: ProjectFolder) -> None:
    project.write({"shared/model/ours.yaml": "type: sklearn.dummy.DummyClassifier\n"})
    project.edit("conf/config.yaml", "defaults:", f"hydra: {{searchpath: ['file://{project.root}/shared']}}\ndefaults:")
    composed = project.compose("model=ours")
    assert str(composed.places["model.type"]) == "shared/model/ours.yaml:1:7"
    project.edit("conf/config.yaml", f"file://{project.root}/shared", "pkg://antigravity")
    found = project.problem()
    assert (found.code, str(found.place)) == ("HR134", "conf/config.yaml:1:22")
    assert "antigravity" not in sys.modules
    project.edit("conf/config.yaml", "pkg://antigravity", "conf")
    assert project.problem("hydra.searchpath=['pkg://antigravity']").code == "HR134"


def test_an_optional_choice_may_be_absent(project: ProjectFolder) -> None:
    project.edit(PIPELINE, "  - override", "  - optional /model@extra: none\n  - override")
    assert project.compile()[0].name == "late"


def test_a_defaults_list_that_interpolates(project: ProjectFolder) -> None:
    project.write({"conf/tuning/boosted.yaml": "# @package model.params\nmax_bin: 9\n"})
    project.edit(PIPELINE, "  - override", "  - /tuning: ${model}\n  - override")
    project.edit(PIPELINE, "model:\n  params: {max_bin: 128}\n", "")
    composed = project.compose()
    assert composed.values["model"]["params"]["max_bin"] == 9
    assert str(composed.places["model.params.max_bin"]) == "conf/tuning/boosted.yaml:2:10"
    project.edit(PIPELINE, "${model}", "${modle}")
    found = project.problem()
    assert (found.code, str(found.place)) == ("HR115", f"{PIPELINE}:5:14")


@pytest.mark.parametrize("entry", ["${oc.env:MODEL}", "${now:%Y}"])
def test_a_defaults_list_cannot_look_outside(
    project: ProjectFolder, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    monkeypatch.setenv("MODEL", "boosted")
    project.edit(PIPELINE, "/model: boosted", f"/model: {entry}")
    assert project.problems()[0].code == "HR134"
