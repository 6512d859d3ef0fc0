from __future__ import annotations

import polars as pl

from headrace.scaffold.survey.columns import understand


def test_columns_are_read_as_what_they_mean_and_the_rest_stays() -> None:
    frame = pl.DataFrame(
        {
            "price": ["$1,200", "$3,000"],
            "sold": ["31.12.2013", "01.02.2014"],
            "date": [20131231, 20140201],
            "size": [20131231, 20140201],
            "kind": ["a", "b"],
        }
    )

    found = understand(frame, "kind")

    assert set(found.sql) == {"price", "sold", "date"}
    assert found.frame["price"].to_list() == [1200, 3000]
    assert [str(day) for day in found.frame["sold"].dt.date()] == ["2013-12-31", "2014-02-01"]
    assert found.frame.columns == frame.columns
    assert set(found.notes) == set(found.sql)


def test_labels_of_a_target_stay_text() -> None:
    frame = pl.DataFrame({"plan": ["36 months", "60 months"]})
    assert not understand(frame, "plan").sql
    assert "plan" in understand(frame, "other").sql


def test_labels_that_differ_in_case_or_blanks_are_one() -> None:
    frame = pl.DataFrame({"left": ["yes", "Yes ", "no", "NO"], "plan": ["basic", "basic ", "pro", None]})

    found = understand(frame, "left")

    assert found.sql == {"left": 'lower(trim("left"))', "plan": 'trim("plan")'}
    assert found.frame.to_dict(as_series=False) == {
        "left": ["yes", "yes", "no", "no"],
        "plan": ["basic", "basic", "pro", None],
    }
    assert found.notes["plan"] == "text such as 'basic' and 'basic ', read as one"


def test_single_letters_may_be_codes_and_names_stay_as_they_are() -> None:
    frame = pl.DataFrame({"code": ["m", "M", "f"], "kind": ["Red", "Blue", "red blue"], "y": ["a", "b", "a"]})
    assert not understand(frame, "y").sql


def test_spaces_round_the_labels_of_a_target_are_no_part_of_them() -> None:
    frame = pl.DataFrame({"income": [" <=50K", " >50K"], "work": [" private", " state"]})
    found = understand(frame, "income")
    assert found.frame["income"].to_list() == ["<=50K", ">50K"]
    assert set(found.sql) == {"income"}
