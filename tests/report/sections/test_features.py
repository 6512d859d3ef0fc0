from __future__ import annotations

from headrace.report.documents import from_documents
from headrace.report.sections.features import Features, features
from run_documents import Documents, flights, wine


def section(made: Documents) -> Features:
    found = features(from_documents(made.run, made.config, made.documents))
    assert found is not None
    return found


def origins(found: Features) -> dict[str, tuple[str, ...] | None]:
    return {feature.name: feature.origins for feature in found.features}


def test_the_most_important_feature_comes_first() -> None:
    found = section(flights())
    assert [feature.name for feature in found.features][:3] == ["departure_minute", "month", "carrier"]
    assert found.features[0].importance == "0.071"


def test_unknown_origins_are_not_called_none() -> None:
    made = flights()
    tables = made.documents["transform/lineage.json"]["tables"]
    del tables["table"]["month"]
    tables["table"]["seats"] = {"sources": []}
    found = section(made)
    assert (origins(found)["month"], origins(found)["dest"], origins(found)["seats"]) == (None, None, ())
    assert found.unknown == 2


def test_without_lineage_a_transform_hides_every_origin() -> None:
    made = flights()
    del made.documents["transform/lineage.json"]
    assert set(origins(section(made)).values()) == {None}


def test_without_a_transform_the_only_source_is_the_table() -> None:
    assert origins(section(wine()))["alcohol"] == ("wine.alcohol",)


def test_features_without_importance_keep_their_order() -> None:
    made = flights()
    made.documents["evaluate/curves.json"] = {}
    found = section(made)
    assert [feature.name for feature in found.features][:2] == ["month", "weekday"]
    assert {feature.importance for feature in found.features} == {"n/a"}
    assert not found.ranked


def test_a_long_list_folds_its_tail() -> None:
    made = flights()
    made.documents["train/model.json"]["features"]["numeric"] = [f"column_{i}" for i in range(40)]
    found = section(made)
    assert (len(found.shown), len(found.folded)) == (20, 23)
    assert found.shown[0].name == "carrier"  # those of known importance first
