"""Notices by e-mail, through a real mail server."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from headrace.notify import Notice, announce
from headrace.notify.email import EmailChannel, email_of
from mailboxes import Mailbox, mailbox, make_certificate

LOG = logging.getLogger("test_email")
NOTICE = Notice("failed", "flights", "train", "run 7", "no rows: café 100%", "conf/a.yaml:3:5")


def channel(box: Mailbox, **changes: object) -> EmailChannel:
    plain = EmailChannel("127.0.0.1", box.port, "headrace@example.com", ("a@example.com", "b@example.com"), "none")
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_everybody_gets_the_headline_as_subject_and_the_text() -> None:
    with mailbox() as box:
        assert announce(NOTICE, [channel(box)], LOG) == ()

    (message,) = box.messages
    assert message["Subject"] == NOTICE.headline
    assert message["From"] == "headrace@example.com"
    assert message["To"] == "a@example.com, b@example.com"
    assert message.get_content().splitlines() == NOTICE.text().splitlines()
    assert box.recipients == ["a@example.com", "b@example.com"]


def test_a_login_goes_over_an_encrypted_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = make_certificate(tmp_path / "server.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    with mailbox(certificate, password="s3cret") as box:
        assert announce(NOTICE, [channel(box, security="starttls", user="me", password="s3cret")], LOG) == ()

    assert box.encrypted
    assert box.logins == [("me", "s3cret")]


def test_a_server_that_nobody_vouches_for_gets_no_password(tmp_path: Path) -> None:
    with mailbox(make_certificate(tmp_path / "server.pem"), password="s3cret") as box:
        (problem,) = announce(NOTICE, [channel(box, security="starttls", user="me", password="s3cret")], LOG)

    assert "no trusted connection" in problem
    assert box.logins == []


def test_a_server_without_encryption_gets_no_password() -> None:
    with mailbox(password="s3cret") as box:
        (problem,) = announce(NOTICE, [channel(box, security="starttls", user="me", password="s3cret")], LOG)

    assert "does not offer" in problem
    assert box.logins == []


def test_a_refused_login_is_said_without_the_password(caplog: pytest.LogCaptureFixture) -> None:
    with mailbox(password="right") as box:
        wrong = channel(box, user="me", password="s3cret")
        (problem,) = announce(NOTICE, [wrong], LOG)

    assert problem == "the notice could not be sent to the mail server 127.0.0.1: user and password were refused (535)"
    assert "s3cret" not in caplog.text + repr(wrong)


def test_recipients_who_are_not_known_are_a_problem_and_the_others_get_it() -> None:
    with mailbox(refused=("b@example.com",)) as box:
        (problem,) = announce(NOTICE, [channel(box)], LOG)

    assert "1 of 2 recipients were refused" in problem
    assert len(box.messages) == 1


@pytest.mark.parametrize("host", ["169.254.169.254", "metadata.google.internal"])
def test_clouds_own_addresses_are_not_called(host: str) -> None:
    (problem,) = announce(NOTICE, [EmailChannel(host, 25, "a@b", ("c@d",), "none")], LOG)

    assert "hands out credentials" in problem


def test_a_line_break_makes_no_header_of_its_own() -> None:
    message = email_of(replace(NOTICE, run_id="x\r\nBcc: eve@example.com"), "a@b", ("c@d",))

    assert message["Bcc"] is None
    assert "eve@example.com" in message["Subject"]
