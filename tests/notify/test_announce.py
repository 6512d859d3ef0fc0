"""Notices over every channel; in the log and by webhook."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from headrace.notify import LogChannel, Notice, WebhookChannel, announce
from webhooks import Inbox, inbox

NOTICE = Notice("failed", "flights", "train", "run 7", "no rows", "conf/dataset/flights.yaml:3:5", "bring some")
LOG = logging.getLogger("test_notify")


@pytest.fixture
def box() -> Iterator[Inbox]:
    with inbox() as box:
        yield box


def test_a_failure_is_an_error_in_the_log_and_a_refusal_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    announce(NOTICE, [LogChannel()], LOG)
    announce(Notice("refused", "flights", "gate", "run 7", "too low"), [LogChannel()], LOG)

    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert "no rows" in caplog.records[0].getMessage()


def test_a_percent_sign_in_a_message_is_text(caplog: pytest.LogCaptureFixture) -> None:
    announce(Notice("failed", "a", "b", "c", "50%s of 100%d"), [LogChannel()], LOG)

    assert "50%s of 100%d" in caplog.records[0].getMessage()


def test_a_webhook_is_sent_the_facts_and_a_text(box: Inbox) -> None:
    assert announce(NOTICE, [WebhookChannel(f"{box.address}/hook")], LOG) == ()

    (document,) = box.at("/hook")
    assert document["pipeline"] == "flights"
    assert document["stage"] == "train"
    assert document["run_id"] == "run 7"
    assert document["text"] == NOTICE.text()


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/s3cret",
        "http://user:s3cret@127.0.0.1:1/",
        "http://127.0.0.1:1/s3cret with a space",
        "file:///etc/s3cret",
        "s3cret",
        "http://[s3cret",
        "http://127.0.0.1:s3cret/",
        "http:///s3cret",
        "http://169.254.169.254/s3cret",
        "http://0xa9fea9fe/s3cret",
    ],
)
def test_what_fails_is_said_without_the_address_and_the_others_are_still_told(
    address: str, box: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    broken = WebhookChannel(address)

    problems = announce(NOTICE, [broken, WebhookChannel(f"{box.address}/other")], LOG)

    assert len(problems) == 1
    assert "s3cret" not in problems[0] + caplog.text + repr(broken)
    assert len(box.at("/other")) == 1


def test_an_answer_that_is_an_error_is_a_problem(box: Inbox) -> None:
    box.answer = 403

    (problem,) = announce(NOTICE, [WebhookChannel(f"{box.address}/s3cret")], LOG)

    assert "answered 403" in problem
    assert "127.0.0.1" in problem
    assert "s3cret" not in problem


def test_a_redirect_is_not_followed_because_the_notice_would_be_lost(box: Inbox) -> None:
    box.answer, box.location = 302, "/elsewhere"

    (problem,) = announce(NOTICE, [WebhookChannel(f"{box.address}/hook")], LOG)

    assert "answered 302" in problem
    assert box.at("/elsewhere") == []


def test_a_channel_that_never_ends_is_left_behind_and_the_others_are_told_meanwhile(box: Inbox) -> None:
    class Stuck:
        timeout = 0.3

        def send(self, notice: Notice, log: logging.Logger) -> None:
            threading.Event().wait(5)

        def __str__(self) -> str:
            return "stuck one"

    began = time.monotonic()
    problems = announce(NOTICE, [Stuck(), Stuck(), WebhookChannel(f"{box.address}/other")], LOG)

    assert problems == ("the notice could not be sent to the stuck one: timed out",) * 2
    assert len(box.at("/other")) == 1
    assert time.monotonic() - began < 2


def test_an_error_of_a_librarys_own_is_named_and_not_quoted() -> None:
    class Broken:
        timeout = 5.0

        def send(self, notice: Notice, log: logging.Logger) -> None:
            raise RuntimeError("http://s3cret")

        def __str__(self) -> str:
            return "broken one"

    assert announce(NOTICE, [Broken()], LOG) == ("the notice could not be sent to the broken one: RuntimeError",)


def test_a_server_that_says_nothing_is_given_up_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        (problem,) = announce(NOTICE, [WebhookChannel(f"http://127.0.0.1:{port}/", timeout=0.2)], LOG)

    assert "timed out" in problem
