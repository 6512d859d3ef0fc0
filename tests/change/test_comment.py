from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from github_comments import GitHub, fake_github
from headrace.change.comment import LIMIT, main, marker, with_marker


@pytest.fixture
def github() -> Iterator[GitHub]:
    with fake_github() as state:
        yield state


@dataclass
class Job:
    """What GitHub Actions gives a job."""

    folder: Path
    environ: dict[str, str]

    def say(self, text: str, *words: str) -> int:
        file = self.folder / "plan.md"
        file.write_text(text)
        return main([str(file), *words], self.environ)

    @property
    def summary(self) -> str:
        return (self.folder / "summary.md").read_text()


@pytest.fixture
def job(github: GitHub, tmp_path: Path) -> Job:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    return Job(
        tmp_path,
        {
            "GITHUB_API_URL": github.address,
            "GITHUB_REPOSITORY": "me/it",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
            "GITHUB_TOKEN": "t0ken",
        },
    )


def test_one_comment_that_is_written_then_updated_then_left(github: GitHub, job: Job, capsys: Any) -> None:
    github.comments.append({"id": 1, "body": "a person's"})

    assert [job.say("first"), job.say("second"), job.say("second")] == [0, 0, 0]

    assert [item["body"] for item in github.comments] == ["a person's", f"{marker('headrace')}\nsecond"]
    assert [call[0] for call in github.calls] == ["GET", "POST", "GET", "PATCH", "GET"]
    assert {call[1] for call in github.calls} == {"Bearer t0ken"}
    assert capsys.readouterr().out.splitlines() == ["comment 2 written", "comment 2 updated", "comment 2 is up to date"]
    assert job.summary == "first\nsecond\nsecond\n"


def test_its_comment_is_found_on_a_later_page(github: GitHub, job: Job) -> None:
    github.comments += [{"id": number, "body": "talk"} for number in range(1, 251)]
    github.comments[210]["body"] = f"{marker('headrace')}\nold"

    job.say("new")

    assert len(github.comments) == 250
    assert github.comments[210]["body"].endswith("new")


def test_projects_of_one_repository_have_a_comment_each(github: GitHub, job: Job) -> None:
    job.say("one", "--name", "teams/a")
    job.say("two", "--name", "teams/b")
    job.say("three", "--name", "teams/a")

    assert [item["body"].splitlines()[1] for item in github.comments] == ["three", "two"]


def test_a_fork_s_token_leaves_it_to_the_summary(github: GitHub, job: Job, capsys: Any) -> None:
    github.forbidden = {"POST"}

    assert job.say("told") == 0

    assert "the token may not comment on me/it (403): the job's summary has it" in capsys.readouterr().out
    assert job.summary == "told\n"


def test_somebody_who_copied_the_marker_stops_nothing(github: GitHub, job: Job) -> None:
    github.comments.append({"id": 1, "body": f"{marker('headrace')} mine now"})
    github.others = {1}

    assert job.say("told") == 0
    assert github.comments[1]["body"].endswith("told")


def test_no_pull_request_and_no_token(github: GitHub, job: Job, capsys: Any) -> None:
    del job.environ["GITHUB_TOKEN"]
    assert job.say("told") == 0
    Path(job.environ["GITHUB_EVENT_PATH"]).write_text(json.dumps({"ref": "refs/heads/main"}))
    assert job.say("told") == 0

    said = capsys.readouterr().out
    assert "there is no token to comment with" in said
    assert "this is no pull request" in said
    assert github.calls == []


def test_github_is_down_or_away(github: GitHub, job: Job, capsys: Any) -> None:
    github.status = 502
    assert job.say("told") == 1
    assert "error HR214: GitHub answered 502" in capsys.readouterr().err
    job.environ["GITHUB_API_URL"] = "http://127.0.0.1:9"
    assert job.say("told") == 1
    assert "GitHub did not answer" in capsys.readouterr().err


def test_outside_of_github_actions(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "plan.md").write_text("told")

    assert main([str(tmp_path / "plan.md")], {}) == 2
    assert "GITHUB_REPOSITORY and GITHUB_EVENT_PATH not set" in capsys.readouterr().err


def test_a_text_that_is_too_long_is_cut_at_a_line_and_says_so() -> None:
    body = "<details>\n" + "a line of words\n" * 10_000 + "</details>\n"

    cut = with_marker(body, "headrace")

    assert len(cut) <= LIMIT
    assert cut.startswith(marker("headrace"))
    assert "a line of words\n\n</details>\n\n*The rest is cut" in cut
    assert with_marker("short", "headrace") == f"{marker('headrace')}\nshort"


def test_a_marker_stays_a_marker() -> None:
    assert marker("a --> <b>") == "<!-- headrace plan: a_-_b_ -->"
