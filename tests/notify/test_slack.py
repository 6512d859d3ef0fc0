"""Notices for Slack, by the address of a webhook."""

from __future__ import annotations

import logging
from dataclasses import replace

from headrace.notify import Notice, announce
from headrace.notify.slack import SlackChannel, slack_text
from webhooks import inbox

LOG = logging.getLogger("test_slack")
NOTICE = Notice("failed", "flights", "train", "run 7", "<!channel> & <http://x|y>", "conf/a.yaml:3:5")


def test_the_headline_is_bold_and_what_is_quoted_mentions_nobody() -> None:
    assert slack_text(NOTICE) == (
        "*flights failed at train (run 7); the champion stays*\n"
        "conf/a.yaml:3:5: &lt;!channel&gt; &amp; &lt;http://x|y&gt;"
    )


def test_a_text_is_no_longer_than_slack_takes() -> None:
    assert len(slack_text(replace(NOTICE, message="x" * 10_000))) == 3_000


def test_it_is_posted_as_slack_wants_it() -> None:
    with inbox() as box:
        assert announce(NOTICE, [SlackChannel(f"{box.address}/services/s3cret")], LOG) == ()

    assert box.received == [("/services/s3cret", {"text": slack_text(NOTICE)})]


def test_what_fails_is_said_without_the_address() -> None:
    (problem,) = announce(NOTICE, [SlackChannel("http://127.0.0.1:1/s3cret")], LOG)

    assert problem.startswith("the notice could not be sent to the Slack at 127.0.0.1: ")
    assert "s3cret" not in problem
