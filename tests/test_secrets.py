from __future__ import annotations

import json
import os
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from headrace import secrets
from headrace.errors import SecretError

CONFIG = {"uri": "postgres://me:${secret:PW}@host", "hooks": [{"url": "${secret:HOOK}"}], "n": 3, "none": None}
posix = pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")


def secrets_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "secrets.yaml"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_names_come_once_and_in_order() -> None:
    assert secrets.names([CONFIG, CONFIG]) == ("PW", "HOOK")
    assert secrets.names({"a": "${env:X} $secret"}) == ()


def test_the_environment_is_asked_first_then_the_file(tmp_path: Path) -> None:
    path = secrets_file(tmp_path, "PW: from-file\nHOOK: https://hook\n")
    resolved = secrets.resolve(CONFIG, env={"PW": "p4ss", secrets.FILE_VARIABLE: str(path)})
    assert resolved == {"uri": "postgres://me:p4ss@host", "hooks": [{"url": "https://hook"}], "n": 3, "none": None}
    assert CONFIG["uri"] == "postgres://me:${secret:PW}@host"
    assert secrets.resolve("${secret:HOOK}", env={}, file=path) == "https://hook"


def test_the_file_is_not_opened_while_nothing_needs_it(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    assert secrets.resolve({"a": "plain"}, env={}, file=absent) == {"a": "plain"}
    assert secrets.resolve("${secret:A}", env={"A": "x"}, file=absent) == "x"


def test_a_missing_secret_is_named_with_the_key_that_needs_it() -> None:
    with pytest.raises(SecretError, match=r"the secret HOOK, which `hooks\.0\.url` needs") as caught:
        secrets.resolve(CONFIG, env={"PW": "p4ss"})
    assert caught.value.key == "hooks.0.url"
    assert "p4ss" not in str(caught.value)


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    path = secrets_file(tmp_path, "PW: p4ss\nHOOK: x\n", mode)
    with pytest.raises(SecretError, match="other users") as caught:
        secrets.resolve(CONFIG, env={}, file=path)
    assert caught.value.remedy == f"close it: chmod 600 {path}"


@pytest.mark.parametrize("text", ["PW: [1\n", "- PW\n", "PW: 12345\nHOOK: x\n"])
def test_a_file_of_another_shape_is_refused_without_quoting_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(SecretError) as caught:
        secrets.resolve(CONFIG, env={}, file=secrets_file(tmp_path, text))
    assert "12345" not in str(caught.value)


def test_json_is_read_too(tmp_path: Path) -> None:
    path = secrets_file(tmp_path, '{"PW": "a", "HOOK": "b"}')
    assert secrets.values(CONFIG, env={}, file=path) == ("a", "b")


def test_redacting_hides_every_spelling() -> None:
    hidden = secrets.values("${secret:A}${secret:B}", env={"A": 'q"uo/te', "B": "quote"})
    text = 'plain q"uo/te, json "q\\"uo/te", url q%22uo%2Fte, quote'
    assert secrets.redact(text, hidden) == 'plain ***, json "***", url ***, ***'


def test_a_secret_that_contains_another_is_hidden_whole() -> None:
    assert secrets.redact("abcdef abc", ("abc", "abcdef")) == "*** ***"
    assert secrets.redact("text", ("",)) == "text"


def test_base64_and_escapes_are_hidden_whatever_stands_around_them() -> None:
    secret = "pass wörd+longer"
    for around in ("", "u", "us", "user:"):
        assert "***" in secrets.redact(b64encode(f"{around}{secret}:end".encode()).decode(), [secret])
    for spelled in (json.dumps(secret), quote_plus(secret), repr(secret), quote(secret)):
        assert "longer" not in secrets.redact(spelled, [secret])


def test_what_is_called_a_secret_is_one() -> None:
    env = {
        "MLFLOW_TRACKING_TOKEN": "abcdefghij",
        "MY_API_KEY": "0123456789abc",
        "PASSWORD": "short",
        "HOME": "/home/somebody",
    }
    assert secrets.ambient(env) == ("0123456789abc", "abcdefghij")


def test_a_cause_that_quotes_a_secret_keeps_only_its_words() -> None:
    error = ValueError("http://me:hunter22@host")
    assert secrets.cause(error, ["something else"]) is error
    told = secrets.cause(error, ["hunter22"])
    assert isinstance(told, secrets.HiddenError)
    assert "me:***@host" in str(told)
    assert told.__cause__ is None
