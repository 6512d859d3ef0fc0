"""Estimators and their parameters as an editor takes them."""

from __future__ import annotations

from headrace.editor.catalog import Catalog
from headrace.editor.estimators import definitions, model_shape, params_reference


def test_each_estimator_has_its_parameters(catalog: Catalog) -> None:
    found = definitions(catalog.index)
    ridge = found["sklearn.linear_model.Ridge.params"]

    assert {f"#/definitions/{name}" for name in found} == {params_reference(name) for name in catalog.index.names()}
    assert ridge["properties"]["tol"]["default"] == 0.0001
    assert ridge["properties"]["tol"]["minimum"] == 0
    assert "svd" in ridge["properties"]["solver"]["anyOf"][0]["enum"]


def test_xgboost_has_the_curated_parameters_and_not_what_is_said_elsewhere(catalog: Catalog) -> None:
    properties = definitions(catalog.index)["xgboost.XGBClassifier.params"]["properties"]

    assert properties["subsample"]["exclusiveMinimum"] == 0
    assert "hist" in properties["tree_method"]["anyOf"][0]["enum"]
    assert "early_stopping_rounds" not in properties


def test_packages_that_are_opted_in_may_be_named(catalog: Catalog) -> None:
    plain = {"properties": {"type": {"type": "string", "title": "Type"}}}

    choices = model_shape(plain, catalog.index, ["lightgbm"])["properties"]["type"]["anyOf"]

    assert choices[1]["pattern"] == r"^(lightgbm)\."
    assert len(model_shape(plain, catalog.index, [])["properties"]["type"]["anyOf"]) == 2
