"""Secrets: `${secret:NAME}` stays a reference in every plan, and becomes a value only in the stage that uses it."""

from __future__ import annotations

import json
import os
import re
import stat
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from headrace.errors import SecretError

#: Names the file of secrets: YAML or JSON, one mapping of names to texts.
FILE_VARIABLE = "HEADRACE_SECRETS_FILE"
_REFERENCE = re.compile(r"\$\{secret:([A-Za-z_][A-Za-z0-9_]*)\}")
_HIDDEN = "***"
#: Shorter values are redacted as they are; in base64, or by a variable's name alone, they could be anything.
_LEAST = 8
_CALLED_SECRET = re.compile(r"(?:TOKEN|PASSWORD|PASSWD|SECRET|SECRET_ACCESS_KEY|API_KEY|PRIVATE_KEY|FERNET_KEY)$")


def names(value: Any) -> tuple[str, ...]:
    """Names of the secrets that a nested JSON value refers to, each once, in order."""
    return tuple(dict.fromkeys(name for _, text in _texts(value) for name in _REFERENCE.findall(text)))


def resolve(value: Any, env: Mapping[str, str] = os.environ, file: Path | None = None) -> Any:
    """The value with every `${secret:NAME}` replaced, also within longer texts; mappings and lists become new ones.

    A secret is the environment variable of its name, else an entry of the secrets file (`file`, or the one that
    HEADRACE_SECRETS_FILE names). Raises SecretError for one that is nowhere (with the key that needs it), and for a
    file that cannot be read or that others on this machine may read.
    """
    if not names(value):
        return value
    found = _found(value, env, file)
    return _replaced(value, found)


def values(value: Any, env: Mapping[str, str] = os.environ, file: Path | None = None) -> tuple[str, ...]:
    """What the secrets of a nested JSON value stand for, longest first: what must appear nowhere.

    Raises SecretError as `resolve` does.
    """
    return tuple(sorted(set(_found(value, env, file).values()), key=lambda secret: (-len(secret), secret)))


def ambient(env: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Values of environment variables that are called like secrets, longest first.

    Libraries take them from there by themselves (MLflow its token, boto3 its keys), and servers that refuse them may
    quote them. Short values, which may be plain words, are left out.
    """
    found = {value for name, value in env.items() if _CALLED_SECRET.search(name.upper()) and len(value) >= _LEAST}
    return tuple(sorted(found, key=lambda secret: (-len(secret), secret)))


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text with `***` for every secret value, also where JSON, a URL, Python or base64 spells it otherwise."""
    for spelling in sorted({spelling for secret in secrets for spelling in spellings(secret)}, key=len, reverse=True):
        text = text.replace(spelling, _HIDDEN)
    return text


class HiddenError(Exception):
    """What another error's traceback says, without the secrets that it quotes."""


def cause(error: Exception, secrets: Iterable[str]) -> Exception:
    """What to raise a readable error from: the error itself, or only its words where they quote a secret."""
    from traceback import format_exception

    told = "".join(format_exception(error))
    safe = redact(told, secrets)
    return error if safe == told else HiddenError(safe)


def spellings(secret: str) -> frozenset[str]:
    """A secret as it stands in plain text, JSON, URLs, Python's literals, and headers that are base64."""
    from urllib.parse import quote, quote_plus

    if not secret:
        return frozenset()
    plain = {secret, quote(secret), quote(secret, ""), quote_plus(secret), repr(secret)[1:-1]}
    escaped = {json.dumps(secret, ensure_ascii=kind)[1:-1] for kind in (False, True)}
    return frozenset(plain | escaped | (set(_in_base64(secret)) if len(secret) >= _LEAST else set()))


def _in_base64(secret: str) -> Iterator[str]:
    """What of it shows in base64 whatever stands before and after it: three alignments in two alphabets."""
    for shift in range(3):
        raw = b"\0" * shift + secret.encode("utf-8", "surrogatepass")
        usable = raw[: len(raw) - len(raw) % 3]
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(usable).decode()[4 if shift else 0 :]


def _texts(value: Any, key: str = "") -> Iterable[tuple[str, str]]:
    """Every text in a nested value, with its dotted key."""
    if isinstance(value, str):
        yield key, value
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list | tuple) else ()
    for name, item in items:
        yield from _texts(item, f"{key}.{name}" if key else str(name))


def _found(value: Any, env: Mapping[str, str], file: Path | None) -> dict[str, str]:
    found: dict[str, str] = {}
    stored: Mapping[str, str] | None = None
    for key, text in _texts(value):
        for name in _REFERENCE.findall(text):
            if name in env:
                found[name] = env[name]
                continue
            if stored is None:
                stored = _stored(file or _named_file(env))
            if name not in stored:
                remedy = f"set the environment variable {name}, or put it in the file that {FILE_VARIABLE} names"
                raise SecretError(
                    f"the secret {name}, which `{key}` needs, is not there", remedy=remedy, key=key or None
                )
            found[name] = stored[name]
    return found


def _named_file(env: Mapping[str, str]) -> Path | None:
    return Path(env[FILE_VARIABLE]).expanduser() if env.get(FILE_VARIABLE) else None


def _stored(path: Path | None) -> Mapping[str, str]:
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8") as stream:
            # The open file is asked, not its name: nobody can exchange it in between.
            _refuse_readable_by_others(path, os.fstat(stream.fileno()).st_mode)
            text = stream.read()
    except OSError as error:
        raise SecretError(f"the secrets file {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SecretError(f"the secrets file {path} is not UTF-8") from None
    return _parsed(path, text)


def _refuse_readable_by_others(path: Path, mode: int) -> None:
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"the secrets file {path} is open to other users of this machine"
        raise SecretError(message, remedy=f"close it: chmod 600 {path}")


def _parsed(path: Path, text: str) -> Mapping[str, str]:
    import yaml

    try:
        parsed = yaml.safe_load(text)  # JSON is YAML
    except yaml.YAMLError:
        # The parser's message would quote the file.
        raise SecretError(f"the secrets file {path} is neither YAML nor JSON") from None
    if not isinstance(parsed, dict):
        raise SecretError(f"the secrets file {path} is not a mapping of names to texts")
    wrong = [str(name) for name, secret in parsed.items() if not isinstance(secret, str)]
    if wrong:
        remedy = 'put quotes round the values: NAME: "12345"'
        raise SecretError(f"the secrets file {path} has values that are not text: {', '.join(wrong)}", remedy=remedy)
    return {str(name): secret for name, secret in parsed.items()}


def _replaced(value: Any, found: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: found[match[1]], value)
    if isinstance(value, Mapping):
        return {name: _replaced(item, found) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(item, found) for item in value]
    return value
