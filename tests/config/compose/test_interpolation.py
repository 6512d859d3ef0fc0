from __future__ import annotations

import pytest

from config_folder import ProjectFolder
from headrace.config.compose.interpolation import text_problems


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("${a.b} and ${env:X,1} and ${secret:Y}", []),
        ("${oc.decode:${env:X}}", []),
        ("${oc.env:HOME}", ["HR134"]),
        ("x${oc.env:A}y${oc.env:B}", ["HR134", "HR134"]),
        ("${oc.decode:${oc.env:X}}", ["HR134"]),
        ("${hydra:runtime.cwd}", ["HR134"]),
        ("${now:%Y}", ["HR134"]),
        ("${${a}:x}", ["HR134"]),
        ("${nope:x}", ["HR132"]),
        ("${unclosed", ["HR137"]),
        ("\\${oc.env:HOME}", []),
    ],
)
def test_which_resolvers_may_be_named(text: str, codes: list[str]) -> None:
    assert [problem.code for problem in text_problems(text)] == codes


def test_hydras_resolvers_are_for_hydras_part() -> None:
    assert text_problems("${now:%Y}", below_hydra=True) == []
    assert [problem.code for problem in text_problems("${oc.env:X}", below_hydra=True)] == ["HR134"]


def test_the_place_is_that_of_the_interpolation_within_the_text(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "owner: nobody", "owner: 'me ${oc.env:HOME}'")
    found = project.problem()
    assert (found.code, str(found.place)) == ("HR134", "conf/config.yaml:5:12")


def test_an_overwritten_value_is_looked_at_all_the_same(project: ProjectFolder) -> None:
    project.edit("conf/model/boosted.yaml", "max_bin: null", "max_bin: ${oc.env:HOME}")
    assert str(project.problem().place) == "conf/model/boosted.yaml:4:12"


@pytest.mark.parametrize(
    ("owner", "code", "message", "remedy"),
    [
        ("${ownr}", "HR130", "`ownr` is not in the configuration", "did you mean ${owner}?"),
        ("${target.colum}", "HR130", "`target.colum` is not in the configuration", "did you mean ${target.column}?"),
        ("${owner}", "HR131", "the interpolation leads back to itself: owner → owner", "write one value out"),
        ("${env:HEADRACE_NOT_SET}", "HR135", "the environment variable HEADRACE_NOT_SET is not set", "set it"),
        ("${env:'a b'}", "HR137", "'a b' cannot be the name of a variable", "write ${env:NAME}"),
        ("${secret:}", "HR130", "`${secret:}` cannot be resolved", ""),
        ("${oc.decode:'${oc.env:HOME}'}", "HR134", "`${oc.env:…}` is forbidden", "write ${env:NAME}"),
        ('${oc.decode:"\\${oc.env:HOME}"}', "HR134", "`oc.env` is forbidden", "write ${env:NAME}"),
        ('${oc.decode:"{_target_: x}"}', "HR133", "`_target_` is forbidden", "delete it"),
    ],
)
def test_what_cannot_be_resolved(project: ProjectFolder, owner: str, code: str, message: str, remedy: str) -> None:
    quoted = owner.replace("'", "''")
    project.edit("conf/config.yaml", "owner: nobody", f"owner: '{quoted}'")
    found = project.problem()
    assert (found.code, found.message[: len(message)], found.remedy[: len(remedy)]) == (code, message, remedy)
    assert str(found.place).startswith("conf/config.yaml:5:")


def test_a_value_that_must_be_given(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "owner: nobody", "owner: ???")
    found = project.problem()
    assert (found.code, str(found.place)) == ("HR136", "conf/config.yaml:5:8")
    assert found.remedy == "replace ???, or add owner=VALUE to the command"
    assert project.compose("owner=me").values["owner"] == "me"


def test_a_value_that_must_be_given_replaces_none_that_is(project: ProjectFolder) -> None:
    project.edit("conf/pipeline/late.yaml", "task: binary", "task: binary\nowner: ???")
    composed = project.compose()
    assert (composed.values["owner"], str(composed.places["owner"])) == ("nobody", "conf/config.yaml:5:8")


def test_a_circle_is_shown_whole(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "owner: nobody", "owner: ${home}\nhome: ${description}\ndescription: x ${owner}")
    messages = {str(found.place): found.message for found in project.problems()}
    assert messages["conf/config.yaml:5:8"].endswith("owner → home → description → owner")


def test_only_the_cause_is_reported_where_others_refer_to_it(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "owner: nobody", "owner: ${nowhere}\nhome: ${owner}")
    assert str(project.problem().place) == "conf/config.yaml:5:8"


def test_what_doubles_forty_times_is_stopped(project: ProjectFolder) -> None:
    lines = "\n".join(f'p{number}: "${{p{number + 1}}}${{p{number + 1}}}"' for number in range(40))
    project.edit("conf/config.yaml", "owner: nobody", f"owner: nobody\n{lines}\np40: x")
    problem = project.problem()
    assert problem.code == "HR262"
    assert problem.place is not None
    assert problem.place.file == "conf/config.yaml"


def test_mappings_that_double_are_stopped(project: ProjectFolder) -> None:
    lines = "\n".join(f"p{n}: {{a: '${{p{n + 1}}}', b: '${{p{n + 1}}}'}}" for n in range(40))
    project.edit("conf/config.yaml", "owner: nobody", f"owner: nobody\n{lines}\np40: {{a: 1}}")
    assert project.problem().code == "HR262"


def test_a_hundred_references_are_no_bomb(project: ProjectFolder) -> None:
    lines = "\n".join(f"    p{number}: '${{owner}} ${{seed}}'" for number in range(100))
    project.edit("conf/pipeline/late.yaml", "model:\n  params: {max_bin: 128}", f"model:\n  params:\n{lines}")
    assert project.compose().values["model"]["params"]["p99"] == "nobody 0"
