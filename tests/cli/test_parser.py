"""The command line."""

from __future__ import annotations

import subprocess
import sys

import pytest

from headrace.cli.parser import parse


def test_overrides_may_stand_anywhere() -> None:
    invocation = parse(["run", "flights", "model=ridge", "--json", "+a=1", "~b", "-m"])

    assert invocation.arguments.pipeline == "flights"
    assert invocation.arguments.overrides == ["model=ridge", "+a=1", "~b"]
    assert invocation.arguments.json
    assert invocation.arguments.multirun


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", "flights", "--jsn"], "did you mean --json"),
        (["gc", "--dryrun"], "did you mean --dry-run"),
        (["list", "extra"], "unknown argument extra"),
        (["rnu"], "invalid choice"),
    ],
)
def test_a_mistake_is_named_with_usage_and_exit_code_2(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(words)

    assert caught.value.code == 2
    assert says in capsys.readouterr().err


def test_no_words_print_help_and_exit_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse([])

    assert caught.value.code == 2
    assert "headrace run NAME" in capsys.readouterr().out


def test_airflow_verbs_are_forwarded_unread() -> None:
    invocation = parse(["dags", "test", "flights", "--structure"])

    assert invocation.arguments.words == ["test", "flights", "--structure"]


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from headrace.cli.parser import parse\n"
        "try: parse(['--help'])\n"
        "except SystemExit: print('modules:', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = done.stdout.partition("modules:")[2].split()

    heavy = {"pydantic", "yaml", "hydra", "polars", "pandas", "mlflow", "airflow", "rich", "structlog"}
    assert not heavy.intersection(modules)
