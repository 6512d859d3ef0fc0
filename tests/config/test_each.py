"""What is said of `for_each`, where it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from config_folder import FILES, ProjectFolder
from headrace.config.each import MOST_MEMBERS

EACH = """\
for_each: {carrier: [UA, AA]}
dataset: {where: {carrier: "${each:carrier}"}}
"""


@pytest.fixture
def project(tmp_path: Path) -> ProjectFolder:
    folder = ProjectFolder(tmp_path)
    folder.write(FILES)
    return folder


def late(project: ProjectFolder, text: str) -> None:
    project.write({"conf/pipeline/late.yaml": FILES["conf/pipeline/late.yaml"] + text})


def test_the_holes_stay_in_what_is_compiled(project: ProjectFolder) -> None:
    late(project, EACH)

    spec, composed = project.compile()

    assert spec.dataset.where == {"carrier": "${each:carrier}"}
    assert spec.member == "${each:member}"
    assert spec.registry
    assert spec.registry.name == "late_${each:member}"
    assert str(composed.place_of("dataset.where.carrier")) == "conf/pipeline/late.yaml:19:28"


def test_holes_may_be_in_option_files_and_texts(project: ProjectFolder) -> None:
    late(project, EACH + "description: Is ${each:carrier} late?\nseed: ${each:seed}\n".replace("seed: ${", "# ${"))
    project.edit("conf/model/boosted.yaml", "300", "${each:rounds}")
    project.edit(
        "conf/pipeline/late.yaml", "{carrier: [UA, AA]}", "[{carrier: UA, rounds: 9}, {carrier: AA, rounds: 5}]"
    )

    spec, _ = project.compile()

    assert spec.description == "Is ${each:carrier} late?"
    assert spec.model
    assert spec.model.params["n_estimators"] == "${each:rounds}"


@pytest.mark.parametrize(
    ("text", "code", "said", "remedy"),
    [
        (EACH.replace("${each:carrier}", "${each:carier}"), "HR372", "nothing gives `${each:carier}`", "mean carrier?"),
        ("for_each: {carrier: [UA, AA]}\n", "HR372", "no value of the pipeline differs", "dataset.where"),
        (EACH.replace("[UA, AA]", "UA"), "HR370", "`for_each` is names with lists", "for_each: {carrier"),
        (EACH.replace("{carrier: [UA, AA]}", "[UA, AA]"), "HR370", "`for_each` is names with lists", "for_each: {"),
        (EACH.replace("[UA, AA]", "[]"), "HR370", "`for_each` has no members", "at least one"),
        (EACH.replace("[UA, AA]", "[UA, ua]"), "HR370", "two members would be called `ua`", "once"),
        (EACH.replace("[UA, AA]", "[1, '1']"), "HR370", "two members would be called `1`", "once"),
        (EACH.replace("[UA, AA]", "[UA, null]"), "HR370", "`for_each` is names with lists", "text, numbers"),
        (EACH.replace("[UA, AA]", "[UA, '${secret:X}']"), "HR370", "cannot be a reference", "itself"),
        (EACH.replace("[UA, AA]", "[UA, '--']"), "HR370", "`--` cannot be the name of a member", "letters"),
        (EACH + 'schedule: {timezone: "${each:carrier}"}\n', "HR373", "`schedule.timezone` is the same", "dataset"),
        (EACH + "registry: {name: delays}\n", "HR374", "every member's model would be a version", "${each:member}"),
        (EACH + "params: {w: {at: dataset.where.carrier}}\n", "HR382", "is filled by each member", "params.w"),
        ("member: UA\n", "HR373", "`member` is filled in by a run", "--only"),
    ],
)
def test_what_cannot_be_is_told_in_the_file(
    project: ProjectFolder, text: str, code: str, said: str, remedy: str
) -> None:
    late(project, text)

    problem = next(problem for problem in project.problems() if problem.severity == "error")

    assert (problem.code, said in problem.message, remedy in problem.remedy) == (code, True, True), str(problem)
    assert problem.place
    assert problem.place.line


def test_too_many_models_are_refused(project: ProjectFolder) -> None:
    numbers = ", ".join(str(number) for number in range(MOST_MEMBERS + 1))
    late(project, EACH.replace("UA, AA", numbers))

    assert project.problem().code == "HR371"


def test_members_of_other_names_are_refused(project: ProjectFolder) -> None:
    late(project, EACH.replace("{carrier: [UA, AA]}", "[{carrier: UA}, {carier: AA}]"))

    assert "do not give values to the same names" in project.problem().message


def test_what_is_wrong_for_all_is_said_once_and_for_one_with_its_name(project: ProjectFolder) -> None:
    late(project, EACH.replace("{carrier: [UA, AA]}", "[{carrier: UA, c: dey}, {carrier: AA, c: day}]"))
    project.edit("conf/pipeline/late.yaml", "column: day", 'column: "${each:c}"')
    project.edit("conf/pipeline/late.yaml", "numeric: [distance", "numeric: [distanse")

    said = [problem.message for problem in project.problems() if problem.severity == "error"]

    assert said == [
        "the table has no column `distanse`",
        "the table has no column `dey` (for UA_dey)",
    ]


def test_a_column_of_where_must_be_there(project: ProjectFolder) -> None:
    late(project, "dataset: {where: {carier: UA}}\n")

    assert project.problem().message == "the table has no column `carier`"


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("{}", "$carrier stands for a value that nobody gives"),
        ("{carier: UA}", "$carrier stands for a value that nobody gives"),
        ("{carrier: UA, more: 1}", "the SQL has no `$more`"),
    ],
)
def test_the_sqls_parameters_are_those_that_are_given(project: ProjectFolder, parameters: str, said: str) -> None:
    project.edit("conf/dataset/flights.sql", "USING (day)", "USING (day) WHERE f.carrier = $carrier")
    late(project, f"dataset: {{transform: {{parameters: {parameters}}}}}\n")

    assert said in [problem.message for problem in project.problems()]


def test_the_sql_may_have_the_members_values(project: ProjectFolder) -> None:
    project.edit("conf/dataset/flights.sql", "USING (day)", "USING (day) WHERE f.carrier = $carrier")
    late(project, 'for_each: {carrier: [UA, AA]}\ndataset: {transform: {parameters: {carrier: "${each:carrier}"}}}\n')

    project.compile()


def test_a_name_that_makes_no_difference_is_a_warning(project: ProjectFolder) -> None:
    late(project, EACH.replace("{carrier: [UA, AA]}", "{carrier: [UA, AA], origin: [EWR, JFK]}"))

    (warning,) = [found for found in project.check().warnings if found.code == "HR372"]

    assert warning.severity == "warning"
    assert "no value is `${each:origin}`" in warning.message
    assert str(warning.place) == "conf/pipeline/late.yaml:18:31"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('dataset: {where: {carrier: "${each:carrier}"}}\n', "conf/pipeline/late.yaml:18:28"),
        ('for_each: null\nseed: "${each:member}"\n', "conf/pipeline/late.yaml:19:7"),
    ],
)
def test_a_hole_without_members_is_filled_by_nothing(project: ProjectFolder, text: str, place: str) -> None:
    late(project, text)

    (problem,) = project.problems()

    assert (problem.code, str(problem.place)) == ("HR372", place)
    assert problem.message.startswith("nothing gives `${each:")
