"""Notices for a function of the project's."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

import headrace
from headrace.notify import Notice, announce
from headrace.notify.function import FunctionChannel

LOG = logging.getLogger("test_function")
NOTICE = Notice("refused", "flights", "gate", "run 7", "too low", champion="version 3 of flights")
CODE = """\
import os, subprocess, sys, time
from os import system
from headrace.notify import Notice

def page(notice: Notice) -> None:
    print(f"paging for {notice.pipeline}: {notice.headline}")

def fail(notice: Notice) -> None:
    raise RuntimeError("pager is down")

def look(notice: Notice) -> None:
    print("sees", sorted(os.environ), "in", os.listdir())

def hang(notice: Notice) -> None:
    time.sleep(60)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "my_alerts.py").write_text(CODE)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(headrace.__file__).parents[1])]))
    return tmp_path


def test_it_is_called_with_the_notice_and_what_it_prints_is_logged(
    project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert announce(NOTICE, [FunctionChannel("my_alerts.page", project, os.environ)], LOG) == ()

    assert "my_alerts.page: paging for flights: " + NOTICE.headline in caplog.text


def test_what_it_raises_is_logged_and_a_problem(project: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        (problem,) = announce(NOTICE, [FunctionChannel("my_alerts.fail", project, os.environ)], LOG)

    assert "function my_alerts.fail: it ended with exit code 1" in problem
    assert "RuntimeError: pager is down" in caplog.text


def test_it_is_given_up_on_in_time(project: Path) -> None:
    (problem,) = announce(NOTICE, [FunctionChannel("my_alerts.hang", project, os.environ, timeout=1.0)], LOG)

    assert problem == "the notice could not be sent to the function my_alerts.hang: timed out"


@pytest.mark.parametrize("name", ["my_alerts.system", "my_alerts.Notice", "my_alerts.os", "my_alerts.absent"])
def test_what_a_package_only_imports_is_not_called(name: str, project: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        (problem,) = announce(NOTICE, [FunctionChannel(name, project, os.environ)], LOG)

    assert "exit code 1" in problem
    assert f"{name} is not a function of my_alerts" in caplog.text


def test_it_sees_the_environment_that_whoever_calls_it_lets_it_see(
    project: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYS_TO_A_DATABASE", "hunter2")
    given = {"PYTHONPATH": os.environ["PYTHONPATH"], "SEEN": "yes"}

    with caplog.at_level(logging.INFO):
        assert announce(NOTICE, [FunctionChannel("my_alerts.look", project, given)], LOG) == ()

    assert "'SEEN'" in caplog.text
    assert "KEYS_TO_A_DATABASE" not in caplog.text
    assert "SEEN" not in repr(FunctionChannel("my_alerts.look", project, given))


def test_one_that_is_installed_needs_no_project(project: Path, caplog: pytest.LogCaptureFixture) -> None:
    given = {"PYTHONPATH": os.pathsep.join([os.environ["PYTHONPATH"], str(project)])}

    with caplog.at_level(logging.INFO):
        assert announce(NOTICE, [FunctionChannel("my_alerts.look", None, given)], LOG) == ()

    assert "in []" in caplog.text
