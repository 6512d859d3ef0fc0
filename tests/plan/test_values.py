"""The values of a plan with their places."""

from __future__ import annotations

from headrace.errors import Place
from headrace.plan.model import Plan, Writing
from headrace.plan.values import as_documents, left_out, shown, values_of

OPTION, PIPELINE = Place("conf/model/m.yaml", 2, 3), Place("conf/pipeline/p.yaml", 9, 5)
PLAN = Plan(
    "p",
    {"name": "p", "model": {"params": {"depth": 6}}, "gates": [], "tags": ["a", "b"]},
    (),
    places={"model": OPTION, "model.params.depth": PIPELINE, "tags.1": PIPELINE},
    history={
        "model.params.depth": (Writing(OPTION, "4"),),
        "model.params.bins": (Writing(PIPELINE, "128", "dropped"),),
    },
)


def test_every_leaf_is_a_value_and_knows_who_wrote_it() -> None:
    found = {value.key: value for value in values_of(PLAN)}

    assert list(found) == ["name", "model.params.depth", "gates", "tags.0", "tags.1"]
    assert found["model.params.depth"].place == PIPELINE
    assert found["model.params.depth"].history == (Writing(OPTION, "4"),)
    assert found["gates"].value == []
    assert found["tags.0"].place is None


def test_what_is_not_there_in_the_end_is_left_out() -> None:
    assert left_out(PLAN) == {"model.params.bins": (Writing(PIPELINE, "128", "dropped"),)}


def test_documents_name_no_folder_of_this_machine() -> None:
    assert shown(Place("/home/ann/shared/base.yaml", 3, 1)) == "base.yaml:3:1"
    assert shown(PIPELINE) == "conf/pipeline/p.yaml:9:5"
    assert as_documents(values_of(PLAN))[1] == {
        "key": "model.params.depth",
        "value": 6,
        "written": "conf/pipeline/p.yaml:9:5",
        "history": [{"how": "replaced", "written": "conf/model/m.yaml:2:3", "text": "4"}],
    }
