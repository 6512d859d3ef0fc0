from __future__ import annotations

import pytest

from config_folder import ProjectFolder


@pytest.mark.parametrize(
    ("override", "code", "message", "remedy"),
    [
        ("late", "HR120", "not an override: there is no `=`", "write KEY=VALUE"),
        ("=3", "HR120", "not an override: there is no key before `=`", "write KEY=VALUE"),
        ("metrics=[a", "HR120", "not an override: its value cannot be read", "write KEY=VALUE"),
        ("model=forst", "HR112", "conf/model has no option `forst`", "did you mean forest? There are: boosted, forest"),
        ("modle=forest", "HR121", "there is no `modle` to override", "did you mean model?"),
        ("schedul=daily", "HR121", "there is no `schedul` to override", "did you mean schedule?"),
        ("model@other=forest", "HR122", "no defaults list chooses an option of `model@other`", "did you mean model=…?"),
        ("+model=forest", "HR122", "`model` is chosen already, at conf/pipeline/late.yaml:4:5", "leave `+` out"),
        ("model=5", "HR122", "an option of `model` is a name", "quote it: model='5'"),
        ("model=null", "HR122", "an option of `model` is a name", "name a file of the group"),
        ("seed=1,2", "HR122", "several values for a single run", "add -m to run each of them"),
        ("seed=range(1,3)", "HR122", "several values for a single run", "add -m"),
        (
            "model.params.max_bn=1",
            "HR121",
            "there is no `model.params.max_bn` to override",
            "did you mean model.params.max_bin? To add it",
        ),
        (
            "model.params.other=1",
            "HR121",
            "there is no `model.params.other` to override",
            "to add it, write +model.params.other=1",
        ),
        ("max_bin=1", "HR121", "there is no `max_bin` to override", "did you mean model.params.max_bin?"),
        (
            "model.parms.max_bin=1",
            "HR121",
            "there is no `model.parms.max_bin` to override",
            "did you mean model.params.max_bin?",
        ),
        ("gates.7.min=1", "HR121", "there is no `gates.7.min` to override", ""),
        ("tracking.uri=x", "HR121", "there is no `tracking.uri` to override", "to add it, write +tracking.uri=x"),
        ("~modle", "HR121", "there is no `modle` to remove", "did you mean model?"),
        ("~seed=4", "HR122", "The value of 'seed' is 0 and not 4.", ""),
        ("+seed=4", "HR122", "`seed` is there already", "leave `+` out: seed=4"),
        ("seed={_target_: os.system}", "HR133", "`_target_` is forbidden", "delete it"),
        ("+model.params.f._target_=x", "HR133", "`_target_` is forbidden", "delete it"),
        ("hydra.sweeper._target_=x", "HR133", "`_target_` is forbidden", "delete it"),
        ("owner=${oc.env:HOME}", "HR134", "`${oc.env:…}` is forbidden", "write ${env:NAME}"),
        ("gates=[{metric: '${now:}'}]", "HR134", "`${now:…}` is forbidden", "write the value itself"),
        ("owner=${secrt:X}", "HR132", "there is no resolver `secrt`", "did you mean secret?"),
        ("~pipeline", "HR122", "the pipeline is the one that the command names", "name another"),
        ("pipeline=late", "HR122", "the pipeline is the one that the command names", "name another"),
    ],
)
def test_what_is_wrong_with_an_override(
    project: ProjectFolder, override: str, code: str, message: str, remedy: str
) -> None:
    found = project.problem(override)
    assert (found.code, str(found.place)) == (code, f"override '{override}'")
    assert found.message.startswith(message)
    assert found.remedy.startswith(remedy)


def test_all_overrides_are_judged_at_once(project: ProjectFolder) -> None:
    assert [found.code for found in project.problems("a b=1", "seed=[1", "seed=1,2")] == ["HR120", "HR120", "HR122"]
    assert [found.code for found in project.problems("sed=1", "ownr=2")] == ["HR121", "HR121"]


def test_the_caret_shows_where_the_grammar_gave_up(project: ProjectFolder) -> None:
    assert project.problem("metrics=[a").excerpt == " | metrics=[a\n |           ^"


def test_a_choice_from_a_group_that_nothing_chooses(project: ProjectFolder) -> None:
    project.write({"conf/runtime/docker.yaml": "type: process\n"})
    found = project.problem("runtime=docker")
    assert (found.code, found.remedy) == ("HR122", "to add the choice, write +runtime=docker")
    assert project.compose("+runtime=docker").values["runtime"] == {"type": "process"}
