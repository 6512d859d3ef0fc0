"""The real yaml-language-server with the schema files, spoken to as an editor does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from headrace.config.metric_names import METRICS
from headrace.editor.catalog import Catalog
from headrace.editor.documents import GROUPS, document
from headrace.project import Project
from language_server import SERVER, LanguageServer

PIPELINE = "conf/pipeline/new.yaml"
OPTION = "conf/model/new.yaml"
HEAD = "# @package _global_\ndefaults:\n  - /dataset: wine\n  - /model: ridge\n  - _self_\n"


@pytest.fixture(scope="module")
def server(project: Project, settings: dict[str, Any]) -> Iterator[LanguageServer]:
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    if not SERVER.exists():
        pytest.skip("yaml-language-server is not installed: make .venv/editor.stamp")
    with LanguageServer(project.root, settings) as server:
        yield server


def underlined(server: LanguageServer, name: str, text: str) -> dict[str, str]:
    """The words that are underlined, with what is said of each."""
    found = {}
    for problem in server.problems(name, text):
        start, end = problem["range"]["start"], problem["range"]["end"]
        assert start["line"] == end["line"], problem
        word = text.splitlines()[start["line"]][start["character"] : end["character"]]
        found[word] = problem["message"]
    return found


def test_no_file_of_this_repository_has_a_squiggle(server: LanguageServer, project: Project) -> None:
    for path in sorted(project.conf.rglob("*.yaml")):
        name = path.relative_to(project.root).as_posix()
        assert server.problems(name, path.read_text()) == [], name


def test_a_pipeline_is_offered_its_keys(server: LanguageServer) -> None:
    offered = server.completions(PIPELINE, HEAD + "|")

    assert {"task", "target", "features", "split", "metrics", "gates", "schedule"} <= set(offered)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("task: |", {"binary", "multiclass", "regression"}),
        ("split:\n  method: |", {"time", "random", "stratified", "grouped"}),
        ("split:\n  method: time\n  |", {"column", "test", "validation"}),
        ("task: regression\nmetrics:\n  - |", set(METRICS["regression"])),
        ("task: binary\ngates:\n  - metric: |", set(METRICS["binary"])),
        ("task: binary\ngates:\n  - |", {"metric", "min", "max", "baseline"}),
        ("model:\n  params:\n    |", {"alpha", "solver", "tol"}),
        ("model:\n  params:\n    solver: |", {"auto", "svd", "lsqr"}),
        ("schedule:\n  timezone: |", {"UTC", "Europe/Berlin"}),
        ("schedule:\n  catchup: |", {"true", "false"}),
    ],
)
def test_a_pipeline_is_offered_choices(server: LanguageServer, text: str, wanted: set[str]) -> None:
    assert wanted <= set(server.completions(PIPELINE, HEAD + text))


def test_metrics_of_another_task_are_not_offered(server: LanguageServer) -> None:
    assert "roc_auc" not in server.completions(PIPELINE, HEAD + "task: regression\nmetrics:\n  - |")


def test_the_defaults_list_is_offered_groups_and_options(server: LanguageServer) -> None:
    assert {"/model", "override /schedule", "_self_"} <= set(server.completions(PIPELINE, "defaults:\n  - |"))
    assert {"ridge", "xgboost_classifier"} <= set(server.completions(PIPELINE, "defaults:\n  - /model: |"))
    assert {"daily", "manual"} <= set(server.completions(PIPELINE, "defaults:\n  - override /schedule: |"))


def test_an_option_file_is_offered_estimators_and_their_parameters(server: LanguageServer) -> None:
    forest = "type: sklearn.ensemble.RandomForestClassifier\nparams:\n  "

    assert {"type", "params", "preprocessing", "early_stopping"} <= set(server.completions(OPTION, "|"))
    assert {"xgboost.XGBClassifier", "sklearn.linear_model.Ridge"} <= set(server.completions(OPTION, "type: |"))
    assert {"n_estimators", "max_depth", "criterion"} <= set(server.completions(OPTION, forest + "|"))
    assert {"gini", "entropy", "log_loss"} <= set(server.completions(OPTION, forest + "criterion: |"))
    assert "max_bin" in server.completions(OPTION, "type: xgboost.XGBClassifier\nparams:\n  |")


def test_a_key_is_completed_with_its_default(server: LanguageServer) -> None:
    offered = server.completions("conf/runtime/new.yaml", "|")

    assert offered["type"]["insertText"] == "type: ${1:process}"


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        (PIPELINE, HEAD + "ta|sk: binary", ("What kind of answer", "`multiclass`")),
        (PIPELINE, "split: {method: time, te|st: 30d}", ("How far back from the newest row", "Unit: duration", "30d")),
        (PIPELINE, "defaults:\n  - /mo|del: ridge", ("conf/model/",)),
        (OPTION, "type: sklearn.linear_model.Ridge\nparams:\n  al|pha: 1", ("a number ≥ 0", "Default: `1.0`")),
        ("conf/runtime/new.yaml", "time|out: 2h", ("The longest that one try of a stage may take.", "Default: `2h`")),
    ],
)
def test_hovering_says_what_a_key_means(server: LanguageServer, name: str, text: str, wanted: tuple[str, ...]) -> None:
    shown = server.hover(name, text)

    for words in wanted:
        assert words in shown


@pytest.mark.parametrize(
    ("text", "word", "message"),
    [
        ("taks: binary\n", "taks", "Property taks is not allowed."),
        ("task: binry\n", "binry", "Value is not accepted."),
        ("seed: many\n", "many", "Expected a whole number, or an interpolation such as ${seed}."),
        ("split: {method: random, test: 1.5}\n", "1.5", "above the exclusive maximum of 1"),
        ("split: {method: time, column: day, test: 30}\n", "30", "Expected a duration, such as 1h30m."),
        ("split: {method: time, column: day, test: 0.3}\n", "0.3", "Expected a duration"),
        ("split: {method: random, tset: 0.3}\n", "tset", "Property tset is not allowed."),
        ("task: regression\nmetrics: [roc_auc]\n", "roc_auc", "Value is not accepted."),
        ("gates:\n  - {metric: r2, baseline: champion, min: 1}\n", "min", "Property min is not allowed."),
        ("gates:\n  - {metric: r2, mim: 1}\n", "mim", "Property mim is not allowed."),
        ("model: {params: {alhpa: 1}}\n", "alhpa", "Property alhpa is not allowed."),
        ("model: {params: {alpha: -1}}\n", "-1", "below the minimum of 0"),
        ("model: {params: {solver: svg}}\n", "svg", "Value is not accepted."),
        ("schedule: {cron: 0 6 * *}\n", "0 6 * *", "Expected five fields"),
        ("schedule: {timezone: Europe/Berln}\n", "Europe/Berln", "Expected the IANA name of a time zone"),
        ("validation: {table: {rows: {mni: 3}}}\n", "mni", "Property mni is not allowed."),
    ],
)
def test_an_error_is_underlined_in_a_pipeline(server: LanguageServer, text: str, word: str, message: str) -> None:
    found = underlined(server, PIPELINE, HEAD + text)

    assert list(found) == [word]
    assert message in found[word]


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        (OPTION, "type: sklearn.linear_model.Rigde\n", "sklearn.linear_model.Rigde"),
        (OPTION, "type: sklearn.linear_model.Ridge\nparams: {C: 1}\n", "C"),
        (OPTION, "type: xgboost.XGBRegressor\nparams: {max_depth: deep}\n", "deep"),
        (OPTION, "preprocessing: {numeric: {scale: big}}\n", "big"),
        ("conf/schedule/new.yaml", "cron: null\nstart: 2024-13-01\n", "2024-13-01"),
        ("conf/schedule/new.yaml", "max_active_runs: 0\n", "0"),
        ("conf/dataset/new.yaml", "sources: {a: {type: parquet, separator: x}}\n", "separator"),
        ("conf/dataset/new.yaml", "sources: {a: {type: cvs, path: x}}\n", "cvs"),
        ("conf/validation/new.yaml", "table: {columns: {a: {nulable: true}}}\n", "nulable"),
        ("conf/config.yaml", "defaults:\n  - schedule: dayly\n", "dayly"),
        (PIPELINE, "defaults:\n  - /model: rigde\n", "rigde"),
        (PIPELINE, "defaults:\n  - override /schedule: dayly\n", "dayly"),
    ],
)
def test_an_error_is_underlined_in_an_option_file(server: LanguageServer, name: str, text: str, word: str) -> None:
    assert list(underlined(server, name, text)) == [word]


@pytest.mark.parametrize(
    "text",
    [
        "seed: ${env:SEED}\nregistry: null\n",
        "seed: ???\ntask: ???\nsplit: ???\n",
        "split: {method: random, test: '${share}'}\nmetrics: ${other.metrics}\ngates: ${other.gates}\n",
        "validation:\n  table:\n    rows: {min: '${seed}'}\nfeatures: ${other.features}\ntask: ${env:TASK}\n",
        "model:\n  type: ${env:MODEL}\n  params: {anything: 1}\n",
        "model: {params: {alpha: '${seed}', solver: ???}}\nschedule: {start: '${env:DAY}', timezone: '${env:ZONE}'}\n",
        "defaults:\n  - override hydra/launcher: joblib\n  - /model: ${which}\n  - /model@other: ridge\nhydra: {}\n",
        "runtime: {retries: 0}\nschedule: {cron: '@daily'}\nnotify:\n  - {type: webhook, url: '${secret:URL}'}\n",
    ],
)
def test_what_is_right_has_no_squiggle(server: LanguageServer, text: str) -> None:
    assert server.problems(PIPELINE, text) == []


def test_an_option_file_need_not_say_everything(server: LanguageServer) -> None:
    assert server.problems("conf/split/new.yaml", "method: random\n") == []
    assert server.problems("conf/dataset/new.yaml", "sources: {flights: {path: data/other.csv}}\n") == []
    assert server.problems("conf/split/new.yaml", "defaults: [_self_]\nmethod: random\n") == []


def test_a_list_item_must_be_whole(server: LanguageServer) -> None:
    found = server.problems(PIPELINE, HEAD + "notify:\n  - {type: webhook}\n")

    assert [problem["message"] for problem in found] == ['Missing property "url".']


def test_there_is_a_schema_for_every_group(schemas: dict[str, Any], catalog: Catalog) -> None:
    assert set(schemas) == {"config", "pipeline", "env", *GROUPS}
    assert set(catalog.options) <= set(schemas)
    assert document("model", catalog) == schemas["model"]
