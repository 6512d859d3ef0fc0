from __future__ import annotations

import pytest

from headrace.scaffold.survey.header import heading_of

BODY = [[str(n), str(n % 3), "abc"[n % 3]] for n in range(1, 20)]


@pytest.mark.parametrize(
    ("head", "is_there"),
    [
        (["id", "kind", "letter"], True),
        (["0", "1", "2"], True),  # what pandas writes where there were no names
        (["17", "2", "b"], False),
        (["id", "id", "letter"], True),
    ],
)
def test_names_differ_from_what_is_below_them(head: list[str], is_there: bool) -> None:
    assert heading_of([head, *BODY], 0, 3, "?").is_there is is_there


def test_without_numbers_names_are_what_does_not_come_again() -> None:
    body = [["x", "y"], ["y", "y"], ["x", "x"]] * 5
    assert heading_of([["first", "second"], *body], 0, 2, "?").is_there
    assert not heading_of([["x", "y"], *body], 0, 2, "?").is_there


def test_the_target_is_a_name_wherever_it_stands() -> None:
    assert heading_of([["1", "2", "3"], *BODY], 0, 3, "2").is_there


def test_unusable_names_are_replaced_each_by_its_own() -> None:
    head = ["", "a\nb", "A", "a", "${x}", "back\\slash"]
    names = heading_of([head, *([["1"] * 6] * 9)], 0, 6, "A").names
    assert names == ("row", "a b", "A", "a_2", "{x}", "back/slash")
