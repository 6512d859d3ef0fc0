from __future__ import annotations

import pytest

from config_folder import ProjectFolder
from headrace.config.schema_errors import real_path

PIPELINE = "conf/pipeline/late.yaml"


@pytest.mark.parametrize(
    ("before", "after", "code", "place", "message", "remedy"),
    [
        ("task: binary", "task: binry", "HR143", "7:7", "`task` cannot be 'binry'", "did you mean binary?"),
        ("method: time", "method: tim", "HR143", "12:17", "`split.method` cannot be 'tim'", "did you mean time?"),
        ("method: time, ", "", "HR141", "12:1", "`split.method` is missing: it says which kind", "add `method`"),
        ("test: 30d, ", "", "HR141", "12:1", "`split.test` is missing", "add `test`"),
        ("column: day", "colum: day", "HR140", "12:23", "unknown key `colum` in `split`", "did you mean column?"),
        ("metrics:", "metric:", "HR140", "15:1", "unknown key `metric` at the top", "did you mean metrics?"),
        ("[roc_auc, log_loss]", "roc_auc", "HR142", "15:10", "`metrics` must be a list, not the text", "write it as"),
        (
            "[distance, temp]",
            "[distance, 5]",
            "HR142",
            "10:23",
            "`features.numeric.1` must be text",
            'put quotes round it: "5"',
        ),
        (
            "[carrier]",
            "[no]",
            "HR142",
            "11:17",
            "`features.categorical.0` must be text, not false",
            "put quotes round it: YAML",
        ),
        (
            "min: 0.65",
            "min: '0.65'",
            "HR142",
            "17:28",
            "`gates.0.min` must be a number, not the text '0.65'",
            "write it without quotes",
        ),
        ("min: 0.65", "min: 0.65, mx: 1", "HR140", "17:34", "unknown key `mx` in `gates.0`", "did you mean max?"),
        (", min: 0.65", "", "HR144", "17:5", "`gates.0`: a gate needs min, max, or a baseline", ""),
        (
            "min: 0.65",
            "baseline: champoin",
            "HR143",
            "17:33",
            "`gates.0.baseline` cannot be 'champoin'",
            "did you mean champion?",
        ),
        ("test: 30d", "test: 30x", "HR144", "12:42", "`split.test`: '30x' is not a duration", ""),
        (
            "positive: true",
            "positive: [1]",
            "HR142",
            "8:24",
            "`target.positive` must be text, a number or true or false, not a list",
            "",
        ),
        (
            "[distance, temp]",
            "[distance, distance]",
            "HR144",
            "10:23",
            "`features`: listed twice: distance",
            "delete one of the two",
        ),
        ("target: {column: late, positive: true}", "target: 5", "HR142", "8:9", "`target` must be a mapping", ""),
        ("task: binary", "task: binary\nseed: -1", "HR144", "8:7", "`seed` must be at least 0, not -1", ""),
        (
            "task: binary",
            "task: binary\nowner:",
            "HR142",
            "8:7",
            "`owner` must be text, not empty (null)",
            "give it a value",
        ),
        (
            "task: binary",
            "task: binary\nseed: 1.5",
            "HR142",
            "8:7",
            "`seed` must be a whole number, not the number 1.5",
            "",
        ),
        ("task: binary", "task: binary\nseed: .nan", "HR142", "8:7", "`seed` must be a whole number", ""),
        (
            "max_bin: 128",
            "max_bin: .inf",
            "HR144",
            "14:21",
            "`model.params.max_bin` is not a finite number",
            "write a number",
        ),
        (
            "task: binary",
            "task: binary\nname: other",
            "HR140",
            "8:1",
            "a pipeline's name is that of its file",
            "delete",
        ),
        (
            "task: binary",
            "task: binary\nruntime: {env: {1: x}}",
            "HR142",
            "8:17",
            "the key `1` is not text",
            'put quotes round it: "1"',
        ),
        (
            "task: binary",
            "task: binary\nruntime: {retry_delays: {conection: 1m}}",
            "HR143",
            "8:26",
            "`runtime.retry_delays` has no key `conection`",
            "did you mean connection?",
        ),
        (
            "task: binary",
            "task: binary\nruntime: {type: docker, image: a, resources: {memory: 4GB}}",
            "HR144",
            "8:55",
            "`runtime.resources.memory`: '4GB' is no amount of memory: a whole number with a unit",
            "",
        ),
        (
            "task: binary",
            'task: binary\nruntime: {type: docker, image: "a b"}',
            "HR144",
            "8:32",
            "`runtime.image` cannot be 'a b'",
            "write it as in `registry.example.com/flights:1.4`",
        ),
        (
            "task: binary",
            'task: binary\nschedule: "@daily"',
            "HR142",
            "8:11",
            "`schedule` must be a mapping",
            "to choose an option file, write `- override /schedule: NAME` under `defaults`; else write `key: value`",
        ),
        (
            "task: binary",
            "task: binary\nschedule: {depends_on: churn}",
            "HR142",
            "8:24",
            "`schedule.depends_on` must be a list",
            "write it as a list of mappings, whose keys are dataset, model",
        ),
        (
            "task: binary",
            "task: binary\nschedule: {assets: {al: [a, b]}}",
            "HR140",
            "8:21",
            "unknown key `al` in `schedule.assets`",
            "did you mean all?",
        ),
        (
            "task: binary",
            "task: binary\nschedule: {start_date: 2024-01-01}",
            "HR140",
            "8:12",
            "unknown key `start_date` in `schedule`",
            "Airflow's `start_date` is `schedule.start` here",
        ),
        (
            "task: binary",
            "task: binary\ndag: {fail_fast: true}",
            "HR140",
            "8:7",
            "unknown key `fail_fast` in `dag`",
            "there is none: a failed stage stops what depends on it",
        ),
        (
            "task: binary",
            "task: binary\nschedule: {start: 2013-13-01}",
            "HR144",
            "8:19",
            "`schedule.start`: '2013-13-01' is not a date",
            "",
        ),
        (
            "task: binary",
            "task: binary\nnotify: [{type: lgo}]",
            "HR143",
            "8:17",
            "`notify.0.type` cannot be 'lgo'",
            "did you mean log?",
        ),
    ],
)
def test_a_refusal_is_said_in_words_at_its_place(
    project: ProjectFolder, before: str, after: str, code: str, place: str, message: str, remedy: str
) -> None:
    project.edit(PIPELINE, before, after)
    found = project.problem()
    assert (found.code, str(found.place)) == (code, f"{PIPELINE}:{place}")
    assert found.message.startswith(message)
    assert found.remedy.startswith(remedy)


def test_all_refusals_come_at_once_with_none_of_pydantics_words(project: ProjectFolder) -> None:
    project.edit(PIPELINE, "task: binary", "task: x\nseed: y\nregistry: {alias: 5}\nruntime: {timeout: 5, retries: -1}")
    found = project.problems()
    assert [problem.message.split("`")[1] for problem in found] == [
        "task",
        "registry.alias",
        "runtime.retries",
        "runtime.timeout",
        "seed",
    ]
    text = "\n".join(map(str, found))
    assert not any(word in text for word in ("Input", "function-", "validator", "pydantic", "tagged", "str_type"))


def test_a_missing_part_is_looked_for_at_the_top_of_the_pipeline(project: ProjectFolder) -> None:
    project.edit(PIPELINE, "  - /dataset: flights\n", "")
    found = project.problem()
    assert (found.code, found.message, str(found.place)) == ("HR141", "`dataset` is missing", f"{PIPELINE}:2:1")


def test_a_model_names_the_parts_that_it_lacks(project: ProjectFolder) -> None:
    found = project.problem("~split", "~target")
    assert found.message == "a pipeline with a model also needs target, split"
    assert str(found.place) == "conf/pipeline/late.yaml:2:1"


def test_a_value_from_the_environment_is_text(project: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEED", "5")
    project.edit("conf/config.yaml", "seed: 0", "seed: ${env:SEED}")
    assert project.problem().remedy.startswith("an environment variable is text: write ${oc.decode:${env:NAME}}")
    assert project.problem("seed=${env:SEED}").remedy.startswith("an environment variable is text")
    assert project.compile("seed='${oc.decode:${env:SEED}}'")[0].seed == 5


def test_a_union_member_that_bears_a_key_s_name_is_no_part_of_the_path() -> None:
    values = {"gates": [{"metric": "r2", "baseline": "naive", "if_absent": "ok"}]}
    assert real_path(("gates", 0, "baseline", "if_absent"), values) == ("gates", 0, "if_absent")
    assert real_path(("gates", 0, "baseline", "baseline"), values) == ("gates", 0, "baseline")
    bounds = {"gates": [{"metric": "r2", "min": "x"}]}
    assert real_path(("gates", 0, "threshold", "min", "float"), bounds) == ("gates", 0, "min")
