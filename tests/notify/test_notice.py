"""What a notice says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from headrace.notify import Event, Notice

NOTICE = Notice("failed", "flights", "train", "run 7", "no rows", "conf/dataset/flights.yaml:3:5", "bring some")


def test_a_notice_says_what_failed_where_why_and_what_it_means() -> None:
    assert NOTICE.text() == (
        "flights failed at train (run 7); the champion stays\n"
        "conf/dataset/flights.yaml:3:5: no rows\n"
        "remedy: bring some"
    )


def test_it_names_the_champion_that_stays_the_mlflow_run_and_the_log() -> None:
    notice = replace(NOTICE, champion="version 3 of flights", mlflow="http://mlflow/#/1", log="http://airflow/log")

    headline, *_, mlflow, log = notice.text().splitlines()

    assert headline == "flights failed at train (run 7); the champion stays (version 3 of flights)"
    assert (mlflow, log) == ("MLflow run: http://mlflow/#/1", "log: http://airflow/log")


def test_without_a_place_remedy_or_consequence_nothing_is_made_up() -> None:
    assert Notice("refused", "a", "gate", "1", "too low", consequence="").text() == (
        "a was refused by a gate (1)\ntoo low"
    )


@pytest.mark.parametrize(
    ("event", "headline"),
    [
        ("retrying", "flights failed at train and tries again (run 7)"),
        ("succeeded", "flights succeeded (run 7)"),
        ("deadline", "flights has missed its deadline (run 7)"),
    ],
)
def test_every_event_has_its_headline(event: Event, headline: str) -> None:
    assert replace(NOTICE, event=event, consequence="").headline == headline


def test_the_document_has_every_field_and_the_text() -> None:
    document = NOTICE.as_json()

    assert Notice(**{name: value for name, value in document.items() if name != "text"}) == NOTICE
    assert document["text"] == NOTICE.text()
