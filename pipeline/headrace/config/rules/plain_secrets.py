"""Secrets that stand in the YAML as they are. What is found is repeated in no message and no excerpt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from headrace.config.composed import Composed
from headrace.config.rules.rule import Rule
from headrace.config.schema import Spec
from headrace.errors import Diagnostic

#: Parts of a pipeline in which a key's name tells what its value is; elsewhere names are those of columns.
_OPERATION = ("runtime", "notify", "tracking", "registry", "tasks")
_TELLING_KEY = re.compile(
    r"(?:^|[_-])(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)(?:$|[_-])",
    re.IGNORECASE,
)
#: These name a secret that somebody else keeps, or say of a pod how it comes by one.
_REFERENCE = re.compile(
    r"^runtime\.(?:stages\.[^.]+\.)?(?:volumes\.\d+\.secret$|(?:pod\.metadata\.)?(?:labels|annotations)\.)"
)
#: A variable of a container, as Kubernetes writes it: its name stands beside its value.
_VARIABLE = re.compile(r"^runtime\.(?:stages\.[^.]+\.)?pod\..+\.env\.\d+\.value$")
#: What an added task is told.
_ARGUMENT = re.compile(r"^tasks\.[^.]+\.(?:args|expand|expand_kwargs)\.")
#: What a secret of a known maker looks like.
_FORMS = (
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})")),
    ("a GitLab token", re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}")),
    ("a Slack token", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}")),
    ("a Slack webhook, whose address is its password", re.compile(r"hooks\.slack\.com/(?:services|workflows)/\S{8,}")),
    (
        "a Teams or Discord webhook, whose address is its password",
        re.compile(r"(?:webhook\.office\.com|discord(?:app)?\.com/api/webhooks)/\S{8,}"),
    ),
    ("an API key", re.compile(r"\bsk-[A-Za-z0-9_-]{20,}")),
    ("a Google API key", re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b")),
    ("a Databricks token", re.compile(r"\bdapi[0-9a-f]{32}\b")),
    ("a JSON web token", re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.")),
    ("a password in a URL", re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://[^/\s:@]*:[^/\s@$]+@")),
    (
        "a password in a URL",
        re.compile(r"[?&](?:token|sig|signature|api_?key|access_token|password)=[^&\s$]{6,}", re.IGNORECASE),
    ),
)


def _no_plain_secrets(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    del spec
    for path, text, name in _texts(composed.values):
        if text.startswith("${secret:"):
            continue
        if what := _secret(path, text, name):
            message = f"`{path}` holds {what} in plain text: it would be in git, in plans and in logs"
            found = composed.diagnostic("HR178", message, composed.place_of(path), _remedy(path, name))
            yield replace(found, excerpt=_masked(found.excerpt, text))


def _remedy(path: str, variable: str) -> str:
    if _VARIABLE.match(path):
        name = re.sub(r"\W+", "_", variable)
        return (
            f"write {name}: ${{secret:{name}}} in `runtime.env`, in `runtime.secrets` where the cluster keeps it, "
            "and revoke this one: it has been seen"
        )
    part, *names = [name for name in path.split(".") if not name.isdigit()]
    if _ARGUMENT.match(path):  # where `${secret:…}` is refused as well: Airflow would show what it stands for
        return (
            "name an Airflow connection, or let a function of the project look the secret up, "
            "and revoke this one: it has been seen"
        )
    if part not in _OPERATION:
        return "delete it, and revoke the secret: it has been seen"
    name = "_".join(names if part == "runtime" else [part, *names]).removeprefix("env_").upper()
    name = re.sub(r"\W+", "_", name)
    return f"write ${{secret:{name}}}, set the secret where the stages run, and revoke this one: it has been seen"


def _secret(path: str, text: str, variable: str) -> str:
    form = next((what for what, pattern in _FORMS if pattern.search(text)), "")
    if form:
        return form
    part, _, _ = path.partition(".")
    key = variable if _VARIABLE.match(path) else path.rpartition(".")[2]
    tells = part in _OPERATION and not _REFERENCE.match(path) and _TELLING_KEY.search(key)
    return "a secret" if tells and len(text) >= 4 and "${" not in text else ""


def _masked(excerpt: str, text: str) -> str:
    """The excerpt with every piece of the value's lines crossed out."""
    for line in sorted(text.splitlines(), key=len, reverse=True):
        if line.strip():
            excerpt = excerpt.replace(line.strip(), "•" * min(len(line.strip()), 12))
    crossed_out = "•" in excerpt and text.splitlines()[0].strip() not in excerpt
    return excerpt if crossed_out else "(the line is not shown)"


def _texts(values: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Every text, with its path, and the `name` that stands beside it."""
    beside = str(values.get("name", "")) if isinstance(values, dict) else ""
    items = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for name, item in items:
        inner = f"{path}.{name}" if path else str(name)
        if isinstance(item, str) and item.strip():
            yield inner, item, beside
        yield from _texts(item, inner)


RULES: tuple[Rule, ...] = (_no_plain_secrets,)
