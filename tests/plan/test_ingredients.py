"""What a recipe was made of."""

from __future__ import annotations

from pathlib import Path

from headrace.plan.ingredients import ingredients, keep_plan
from headrace.plan.model import Plan, digest_of
from headrace.plan.recipe import distribution_version
from headrace.store import LocalStore
from plans import plan_of


def test_a_stored_plan_says_which_modules_and_versions_its_recipes_are_made_of(tmp_path: Path) -> None:
    store, plan = LocalStore(tmp_path), plan_of()
    keep_plan(store, plan)

    found = ingredients(store, plan.digest, "train")

    assert found is not None
    assert {"headrace.stages.train", "headrace.models.fitting"} <= set(found.modules)
    assert found.versions["scikit-learn"] == distribution_version("scikit-learn")
    # The recipe is made of just these: nothing else can have changed it.
    code = digest_of(found.modules)
    train = plan.stage("train")
    assert train.recipe == digest_of(["train", train.config, code, found.versions])


def test_the_plan_is_read_back_as_it_was(tmp_path: Path) -> None:
    store, plan = LocalStore(tmp_path), plan_of()
    keep_plan(store, plan)

    document = store.get_document("plans", plan.digest)

    assert document is not None
    assert Plan.from_json(document) == plan


def test_stages_of_the_same_code_share_a_document(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    keep_plan(store, plan_of())
    before = [name for name, _ in store.documents("code")]
    keep_plan(store, plan_of(seed=7))

    assert [name for name, _ in store.documents("code")] == before


def test_a_plan_that_was_stored_without_them_has_none(tmp_path: Path) -> None:
    store, plan = LocalStore(tmp_path), plan_of()
    store.put_document("plans", plan.digest, plan.to_json())

    assert ingredients(store, plan.digest, "train") is None
    assert ingredients(store, "other", "train") is None
