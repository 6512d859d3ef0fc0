"""One comment on a pull request, kept up to date: `python -m headrace.change.comment FILE`.

What it needs is in the environment that GitHub Actions makes: GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_EVENT_PATH, and
GITHUB_TOKEN. Where the token may not write, as on pull requests from forks, the job's summary (GITHUB_STEP_SUMMARY) has
to do, and that is no failure.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headrace.errors import EXIT_OK, HeadraceError, ServiceError, UsageError

#: GitHub refuses a body with more characters than this.
LIMIT = 65_536
_TIMEOUT = 20
_MOST_PAGES = 30
_CUT = "\n\n*The rest is cut: a comment holds {limit:,} characters. The job's summary has it all.*\n"
#: Whoever may not write a comment hears one of these.
_MAY_NOT = (401, 403, 404)


@dataclass(frozen=True, slots=True)
class PullRequest:
    """Where comments go."""

    api: str
    repository: str
    number: int
    token: str


class CommentError(ServiceError):
    """GitHub did not take the comment."""

    code = "HR214"


class _MayNotWriteError(Exception):
    """The token may not do this."""


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Write the comment, or the summary; 0 if one of them has the text."""
    parser = argparse.ArgumentParser(prog="python -m headrace.change.comment", description=__doc__)
    parser.add_argument("file", type=Path, help="the Markdown")
    parser.add_argument(
        "--name", default="headrace", help="tells this comment from another project's (default: headrace)"
    )
    arguments = parser.parse_args(argv)
    environ = os.environ if environ is None else environ
    try:
        print(say(arguments.file.read_text(encoding="utf-8"), arguments.name, environ))
    except HeadraceError as error:
        print("\n".join(str(found) for found in error.diagnostics), file=sys.stderr)
        return error.exit_code
    return EXIT_OK


def say(body: str, name: str, environ: Mapping[str, str]) -> str:
    """Put the text where it can be read, and say where that is. UsageError outside of GitHub Actions."""
    summarised = _summarise(body, environ)
    request = pull_request(environ)
    if request is None:
        return f"this is no pull request: {summarised}"
    if not request.token:
        return f"there is no token to comment with: {summarised}"
    try:
        return upsert(request, with_marker(body, name), name)
    except _MayNotWriteError as error:
        return f"the token may not comment on {request.repository} ({error}): {summarised}"


def upsert(request: PullRequest, body: str, name: str) -> str:
    """Update the comment that has this name's marker, or write a new one. CommentError if GitHub does not answer."""
    for known in [item for item in _comments(request) if str(item.get("body", "")).startswith(marker(name))]:
        if known["body"] == body:
            return f"comment {known['id']} is up to date"
        path = f"/repos/{request.repository}/issues/comments/{int(known['id'])}"
        with suppress(_MayNotWriteError):  # somebody else's, who copied the marker
            _call(request, "PATCH", path, {"body": body})
            return f"comment {known['id']} updated"
    made, _ = _call(request, "POST", f"/repos/{request.repository}/issues/{request.number}/comments", {"body": body})
    return f"comment {made['id']} written"


def marker(name: str) -> str:
    """The first line of the comment, which readers do not see."""
    return f"<!-- headrace plan: {re.sub(r'[^A-Za-z0-9_./-]+', '_', name).replace('--', '-')} -->"


def with_marker(body: str, name: str) -> str:
    """The text under its marker, cut to what a comment may hold at the end of a line."""
    whole = f"{marker(name)}\n{body}"
    if len(whole) <= LIMIT:
        return whole
    note = _CUT.format(limit=LIMIT)
    kept = whole[: LIMIT - len(note) - len("\n\n</details>")].rpartition("\n")[0]
    opened = kept.count("<details>") > kept.count("</details>")
    return kept + ("\n\n</details>" if opened else "") + note


def pull_request(environ: Mapping[str, str]) -> PullRequest | None:
    """The pull request that this job is about; None if it is about none."""
    missing = [name for name in ("GITHUB_REPOSITORY", "GITHUB_EVENT_PATH") if not environ.get(name)]
    if missing:
        remedy = "this is for GitHub Actions; elsewhere use `headrace plan --format markdown`"
        raise UsageError(f"{' and '.join(missing)} not set", remedy=remedy)
    try:
        event = json.loads(Path(environ["GITHUB_EVENT_PATH"]).read_bytes())
        number = (event.get("pull_request") or {}).get("number")
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError(f"the event at GITHUB_EVENT_PATH cannot be read: {error}") from error
    if not isinstance(number, int):
        return None
    api = environ.get("GITHUB_API_URL", "https://api.github.com").rstrip("/")
    if not re.fullmatch(r"https?://[^\s]+", api) or not re.fullmatch(r"[\w.-]+/[\w.-]+", environ["GITHUB_REPOSITORY"]):
        raise UsageError("GITHUB_API_URL or GITHUB_REPOSITORY is not what GitHub sets")
    return PullRequest(api, environ["GITHUB_REPOSITORY"], number, environ.get("GITHUB_TOKEN", ""))


def _summarise(body: str, environ: Mapping[str, str]) -> str:
    target = environ.get("GITHUB_STEP_SUMMARY")
    if not target:
        return "and there is no summary to write to"
    with Path(target).open("a", encoding="utf-8") as file:
        file.write(f"{body}\n")
    return "the job's summary has it"


def _comments(request: PullRequest) -> Iterator[dict[str, Any]]:
    """All comments, a page at a time, following what GitHub says is next."""
    path: str | None = f"/repos/{request.repository}/issues/{request.number}/comments?per_page=100"
    for _ in range(_MOST_PAGES):
        if path is None:
            return
        answer, path = _call(request, "GET", path)
        yield from answer


def _call(request: PullRequest, method: str, path: str, body: Any = None) -> tuple[Any, str | None]:
    """The answer, and the path of the next page."""
    call = urllib.request.Request(  # noqa: S310 - http(s) only, by pull_request
        f"{request.api}{path}",
        data=None if body is None else json.dumps(body).encode(),
        method=method,
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {request.token}",
            "Content-Type": "application/json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    try:
        with urllib.request.urlopen(call, timeout=_TIMEOUT) as answer:  # noqa: S310
            return json.loads(answer.read()), _next(request, answer.headers.get("Link", ""))
    except urllib.error.HTTPError as error:
        if error.code in _MAY_NOT:
            raise _MayNotWriteError(error.code) from error
        raise CommentError(f"GitHub answered {error.code} to {method} {path}", remedy="run the job again") from error
    except (OSError, ValueError) as error:
        raise CommentError(f"GitHub did not answer: {error}", remedy="run the job again") from error


def _next(request: PullRequest, link: str) -> str | None:
    """The next page's path, if it is this server's: the token goes nowhere else."""
    match = re.search(r'<([^>]+)>;\s*rel="next"', link)
    return match[1].removeprefix(request.api) if match and match[1].startswith(f"{request.api}/") else None


if __name__ == "__main__":
    sys.exit(main())
