"""A status as it is read."""

from __future__ import annotations

from headrace.status.reason import Reason
from headrace.status.report import StageStatus, Status
from headrace.status.text import lines

RUN = {"run_id": "late-1", "status": "done", "started": "2026-01-02T03:04:05+00:00"}


def text(*stages: StageStatus, run: dict[str, str] | None = RUN) -> str:
    return "\n".join(lines(Status("late", "d" * 64, run, stages)))


def test_nothing_says_what_it_was_compared_with() -> None:
    assert text(StageStatus("train", "reused", made_by="late-1")).splitlines() == [
        "late: nothing would run",
        "  no value, no code, no data and no champion has changed; the last that did work was run late-1",
        "  (done, 2026-01-02 03:04 UTC)",
        "",
        "  train  reused",
    ]


def test_a_result_of_another_run_names_it() -> None:
    assert "reused  made by run late-0" in text(StageStatus("train", "reused", made_by="late-0"))


def test_a_run_that_was_asked_for_otherwise_says_with_what() -> None:
    stage = StageStatus("train", "runs", (Reason("gone", "train"),))
    said = "\n".join(lines(Status("late", "d" * 64, RUN, (stage,), last_overrides=("seed=3",))))

    assert "compared with run late-1 (done, 2026-01-02 03:04 UTC, with seed=3)" in said


def test_what_is_skipped_says_why() -> None:
    refused = text(StageStatus("gate", "reused"), StageStatus("register", "skipped"))
    failing = text(StageStatus("ingest", "fails", (Reason("error", "x"),)), StageStatus("train", "skipped"))

    assert "register  skipped a gate refused" in refused
    assert "train   skipped a stage before it would fail" in failing


def test_never() -> None:
    said = text(StageStatus("train", "runs", (Reason("never", "train"),)), run=None)

    assert said.splitlines() == [
        "late: 1 of 1 stages would run",
        "  it never ran here",
        "",
        "  train  runs    never run",
    ]


def test_each_reason_in_words() -> None:
    reasons = (
        Reason("value", "model.params.depth", 4, 6, "p.yaml:2:1", "m.yaml:3:1"),
        Reason("value", "features.numeric", ["a", "b"], ["b", "c"], "p.yaml:5:1", "p.yaml:5:1"),
        Reason("value", "dataset.transform.query", "SELECT " + "a" * 50, "SELECT 1", "q.sql:1:1", "q.sql:1:1"),
        Reason("version", "numpy", "2.0", "2.1"),
        Reason("data", "dataset.sources.s: s.csv", {"size": 1000}, {"size": 2000, "modified": RUN["started"]}),
        Reason("data", "dataset.sources.s: t.csv", None, {"size": 1}),
        Reason("champion", "champion", None, {"version": "3", "model_digest": None}),
        Reason("clock", "as_of", None, RUN["started"]),
        Reason("gone", "train"),
        *(Reason("code", f"headrace.m{n}") for n in range(5)),
        Reason("input", "split"),
        Reason("input", "gate", "another result"),
    )

    assert [line.strip() for line in text(StageStatus("train", "depends", reasons)).splitlines()[3:]] == [
        "train  may run model.params.depth: 4 → 6",
        "p.yaml:2:1, before at m.yaml:3:1",
        "features.numeric: c added, a dropped",
        "p.yaml:5:1",
        "dataset.transform.query: its text has changed",
        "q.sql:1:1",
        "numpy: 2.0 → 2.1",
        "data: dataset.sources.s: s.csv: 1,000 → 2,000 bytes, modified 2026-01-02 03:04 UTC",
        "data: dataset.sources.s: t.csv is new",
        "the champion: none → version 3",
        "the clock: everything there is → 2026-01-02 03:04 UTC",
        "its result is no longer in the store",
        "its input from gate is another result than then",
        "code: headrace.m0, headrace.m1, headrace.m2 and 2 more",
        "its input from split may change",
    ]


def test_a_failure_ahead_is_the_headline() -> None:
    said = text(StageStatus("ingest", "fails", (Reason("error", "there is no file x.csv", place="d.yaml:3:1"),)))

    assert said.startswith("late: a run would fail")
    assert "d.yaml:3:1: there is no file x.csv" in said
