"""How stages are run, and what runs are held to: what has no effect is said."""

from __future__ import annotations

import pytest

from config_folder import ProjectFolder
from headrace.config.stage_names import KINDS, OWN_NAMES
from headrace.errors import ConfigError
from headrace.stages.table import STAGES
from plans import plan_of


def warnings(project: ProjectFolder, text: str) -> list[tuple[str, str]]:
    project.edit("conf/config.yaml", "model_packages: []", "model_packages: []\nnotify: [{type: log}]")
    project.edit("conf/config.yaml", "owner: nobody", f"owner: nobody\n{text}")
    return [(found.code, str(found.place).partition(":")[2]) for found in project.check().warnings]


def test_the_names_of_stages_are_those_of_the_table() -> None:
    assert tuple(kind.type for kind in STAGES) == KINDS
    assert {s.name: s.type for s in plan_of().stages if s.name != s.type} == OWN_NAMES


@pytest.mark.parametrize(
    "text",
    [
        "runtime: {retry_on: [locked], retry_delays: {locked: 10s}}",
        "runtime: {retries: 0, retry_on: []}",
        "runtime: {retries: 0, stages: {train: {retries: 2, retry_on: [locked]}}}",
        "runtime: {stages: {train: {timeout: 6h}, validate_table: {retries: 0}, transform: {pool: null}}}",
        "dag: {timeout: 4h, deadlines: [{within: 3h}, {after: average, runs: 3, within: 1h}]}",
        (
            "dag: {links: {nobody: https://x.example/a, research: mailto:r@x.example}}\n"
            "runtime: {stages: {train: {owner: research}}}"
        ),
        "dag: {deadlines: [{after: logical_date, within: 8h}, {after: '2026-01-01', within: 1d}]}",
    ],
)
def test_values_that_work(project: ProjectFolder, text: str) -> None:
    assert warnings(project, text) == []


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("runtime:\n  retry_on: []", "HR321", "7:13"),
        ("runtime:\n  retry_on: [locked]\n  retry_delays:\n    killed: 1m", "HR321", "9:13"),
        ("runtime:\n  stages:\n    train:\n      retry_on: []", "HR321", "9:17"),
        ("runtime:\n  stages:\n    train:\n      retry_delay: 3h", "HR177", "9:20"),
        ("runtime:\n  retries: 0\n  retry_on: [locked]", "HR321", "8:3"),
        ("runtime:\n  stages:\n    train:\n      retries: 0\n      retry_delay: 5m", "HR321", "10:7"),
        ("dag:\n  links:\n    nobdy: https://x.example", "HR330", "8:5"),
        ("dag:\n  timeout: 30m", "HR331", "7:12"),
        ("dag:\n  timeout: 3h\nruntime:\n  stages:\n    train:\n      timeout: 5h", "HR331", "7:12"),
        ("dag:\n  deadlines:\n    - within: 1h\n      runs: 5", "HR332", "9:7"),
        ("dag:\n  timeout: 4h\n  deadlines:\n    - within: 5h", "HR332", "9:15"),
    ],
)
def test_what_has_no_effect(project: ProjectFolder, text: str, code: str, place: str) -> None:
    assert warnings(project, text) == [(code, place)]


def test_what_an_option_file_says_of_tries_may_be_taken_back(project: ProjectFolder) -> None:
    project.write({"conf/runtime/often.yaml": "retries: 5\nretry_on: [locked]\nretry_delay: 2m\n"})
    project.edit("conf/config.yaml", "  - schedule: manual", "  - schedule: manual\n  - runtime: often")

    assert warnings(project, "runtime: {retries: 0}") == []


def test_somebody_must_hear_of_a_late_run(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "owner: nobody", "owner: nobody\ndag: {deadlines: [{within: 1h}]}")

    (found,) = project.check().warnings

    assert (found.code, str(found.place)) == ("HR332", "conf/config.yaml:6:7")


def test_a_stage_that_does_not_exist_is_an_error_with_the_nearest_name(project: ProjectFolder) -> None:
    project.edit("conf/config.yaml", "owner: nobody", "owner: nobody\nruntime:\n  stages:\n    trian: {retries: 5}")

    with pytest.raises(ConfigError) as error:
        project.check()

    (found,) = error.value.diagnostics
    assert (found.code, str(found.place)) == ("HR320", "conf/config.yaml:8:5")
    assert found.remedy.startswith("did you mean train?")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("runtime: {retry_on: [conection]}", "connection"),
        ("runtime: {stages: {train: {retris: 5}}}", "retries"),
        ("runtime: {stages: {train: {timeout: 5}}}", "5d"),
        ("runtime: {retry_backoff: 0.5}", "at least 1"),
        ("runtime: {priority_weight: 5}", "priority"),
        ("dag: {links: {nobody: 'javascript:alert(1)'}}", "https://"),
        ("dag: {deadlines: [{after: tomorrow, within: 1h}]}", "logical_date"),
        ("dag: {deadlines: [{after: queued}]}", "within"),
        ("dag: {paused: maybe}", "true or false"),
    ],
)
def test_what_a_value_must_be_is_said(project: ProjectFolder, text: str, words: str) -> None:
    project.edit("conf/config.yaml", "owner: nobody", f"owner: nobody\n{text}")

    with pytest.raises(ConfigError) as error:
        project.check()

    (found,) = error.value.diagnostics
    assert found.place is not None
    assert words in f"{found.message} {found.remedy}"
