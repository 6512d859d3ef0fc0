from __future__ import annotations

from headrace.lint.files import FileFacts
from headrace.lint.usage import unused, users

FACTS = [
    FileFacts("conf/config.yaml", "config", chooses=("schedule/manual",)),
    FileFacts("conf/pipeline/a.yaml", "pipeline/a", chooses=("dataset/a",), leaves_open=("model",)),
    FileFacts("conf/pipeline/b.yaml", "pipeline/b", chooses=("dataset/b",)),
    FileFacts("conf/dataset/a.yaml", "dataset/a", mentions=("a.sql",)),
    FileFacts("conf/dataset/a.sql", "dataset/a.sql"),
    FileFacts("conf/dataset/b.yaml", "dataset/b"),
    FileFacts("conf/model/x.yaml", "model/x"),
    FileFacts("conf/schedule/manual.yaml", "schedule/manual"),
    FileFacts("conf/schedule/daily.yaml", "schedule/daily"),
]


def told(*more: FileFacts) -> list[str]:
    facts = [*FACTS, *more]
    return [f"{found.place} {found.remedy}" for found in unused(facts, users(facts, ["a", "b"]))]


def test_who_uses_a_file() -> None:
    reached = users(FACTS, ["a", "b"])
    assert reached["config"] == ("a", "b")
    assert reached["dataset/a.sql"] == ("a",)
    assert reached["model/x"] == ("a",)  # an interpolation may choose it
    assert "schedule/daily" not in reached


def test_alternatives_may_wait_unused() -> None:
    assert told(FileFacts("conf/validation/none.yaml", "validation/none")) == []


def test_what_nothing_uses() -> None:
    found = told(FileFacts("conf/dataset/c.yaml", "dataset/c"), FileFacts("conf/notes.yaml", "notes"))
    assert [line.split()[0] for line in found] == ["conf/dataset/c.yaml", "conf/notes.yaml"]


def test_a_folder_that_is_no_group_is_told_once() -> None:
    found = told(FileFacts("conf/modle/c.yaml", "modle/c"), FileFacts("conf/modle/d.yaml", "modle/d"))
    assert found == ["conf/modle/c.yaml did you mean model?"]


def test_nothing_is_said_while_a_choice_is_broken() -> None:
    broken = FileFacts("conf/pipeline/b.yaml", "pipeline/b", chooses=("dataset/missing",))
    facts = [fact for fact in FACTS if fact.config_path != "pipeline/b"] + [broken]
    assert list(unused(facts, users(facts, ["a", "b"]))) == []
