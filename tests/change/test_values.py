from __future__ import annotations

from typing import Any

import pytest

from headrace.change.showing import ABSENT
from headrace.change.values import differences, merged, texts, value_changes
from headrace.errors import Place
from headrace.plan.model import Plan
from repositories import Repository


def found(before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    return [(item.path, item.before, item.after) for item in differences(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ({"a": 1}, {"a": 1.0}, [("a", 1, 1.0)]),
        ({"a": True}, {"a": 1}, [("a", True, 1)]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [("a.b", 1, 2)]),
        ({"a": None}, {"a": {"b": 1}}, [("a.b", ABSENT, 1)]),
        ({"a": {"b": 1}}, {}, [("a.b", 1, ABSENT)]),
        ({"a": None}, {"a": {}}, [("a", None, {})]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [("a", [1, 2], [2, 1])]),
        ({"a": [{"m": 1}, {"m": 2}]}, {"a": [{"m": 0}, {"m": 1}, {"m": 2}]}, [("a.0", ABSENT, {"m": 0})]),
        ({"a": [{"m": 1}, {"m": 2}]}, {"a": [{"m": 2}]}, [("a.0", {"m": 1}, ABSENT)]),
        ({"a": [{"m": 1, "x": 1}]}, {"a": [{"m": 1, "x": 2}]}, [("a.0.x", 1, 2)]),
    ],
)
def test_values_and_not_their_wording_are_compared(before: Any, after: Any, expected: Any) -> None:
    assert found(before, after) == expected


def test_of_a_long_list_what_came_and_what_went() -> None:
    names = [f"feature_{number}" for number in range(20)]
    (item,) = differences({"f": names}, {"f": [*names[1:], "humid"]})
    (order,) = differences({"f": names}, {"f": names[::-1]})

    assert texts(item) == ("20 items", "without feature_0 and with humid")
    assert texts(order) == ("20 items", "the same in another order")


def test_two_hidden_values_are_said_to_differ() -> None:
    (item,) = differences({"password": "a"}, {"password": "b"})

    assert texts(item) == ("(hidden)", "(hidden, another one)")


def test_both_places_and_none_for_a_default() -> None:
    before = Plan("p", {"seed": 1, "owner": "nobody"}, (), {"seed": Place("conf/a.yaml", 1, 1)})
    after = Plan("p", {"seed": 2, "owner": "me"}, (), {"seed": Place("conf/b.yaml", 2, 2), "owner": Place("c", 3, 3)})

    seed, owner = value_changes(before, after)

    assert (seed.before_place, seed.after_place) == (Place("conf/a.yaml", 1, 1), Place("conf/b.yaml", 2, 2))
    assert (owner.before, owner.before_place) == ("nobody", None)


def test_a_shared_edit_is_told_once(repo: Repository) -> None:
    text = (repo.conf / "pipeline" / "late.yaml").read_text()
    repo.write({"conf/pipeline/later.yaml": text, "conf/pipeline/own.yaml": text + "seed: 5\n"})
    repo.commit()
    repo.edit("conf/model/boosted.yaml", "300", "400")

    change = repo.change()

    (value,) = change.values
    assert value.pipelines == ("late", "later", "own")
    assert (value.path, value.before, value.after) == ("model.params.n_estimators", "300", "400")
    assert str(value.after_place) == "conf/model/boosted.yaml:3:17"
    assert merged([value]) == (value,)


def test_comments_order_and_place_are_no_change(repo: Repository) -> None:
    lines = ["# a comment", "", "early_stopping: {rounds: 20}", "params: {max_bin: null, n_estimators: 300}"]
    repo.write({"conf/model/boosted.yaml": "\r\n".join([*lines, "type: xgboost.XGBClassifier", ""])})
    repo.edit("conf/pipeline/late.yaml", "task: binary\n", "")
    repo.edit("conf/config.yaml", "seed: 0", "seed: 0\ntask: binary")

    change = repo.change()

    assert not change.has_effect
    assert change.values == ()
