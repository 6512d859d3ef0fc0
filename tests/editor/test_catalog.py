"""What a project has to choose from."""

from __future__ import annotations

from headrace.editor.catalog import options_of, read_catalog
from headrace.project import Project


def test_groups_and_options_are_folders_and_files(copy: Project) -> None:
    (copy.conf / "model" / "trees").mkdir()
    (copy.conf / "model" / "trees" / "small.yaml").write_text("type: sklearn.tree.DecisionTreeClassifier\n")
    found = options_of(copy.conf)

    assert found["schedule"] == ("daily", "hourly", "manual", "weekly")
    assert found["model/trees"] == ("small",)
    assert "." not in found


def test_a_model_option_is_known_by_its_estimator(copy: Project) -> None:
    assert read_catalog(copy).estimator_of["ridge"] == "sklearn.linear_model.Ridge"


def test_packages_of_any_file_are_known_and_broken_files_are_passed_over(copy: Project) -> None:
    (copy.conf / "pipeline" / "boosted.yaml").write_text("model_packages: [lightgbm, catboost]\n")
    (copy.conf / "pipeline" / "broken.yaml").write_text("model_packages: [a\n  b: {")
    (copy.conf / "pipeline" / "odd.yaml").write_text("model_packages: 3\n")

    assert read_catalog(copy).packages == ("catboost", "lightgbm")
