from __future__ import annotations

from headrace.config.nearest import nearest, suggestion


def test_the_nearest_is_suggested_and_all_are_listed() -> None:
    assert suggestion("xgbost", ["xgboost", "ridge"]) == "did you mean xgboost? There are: ridge, xgboost"
    assert suggestion("zzz", ["xgboost", "ridge"]) == "there are: ridge, xgboost"
    assert suggestion("zzz", []) == ""


def test_two_that_are_as_like_are_both_suggested() -> None:
    assert suggestion("taks", ["task", "tasks", "tags"], list_them=False) == "did you mean task or tasks?"


def test_case_does_not_count() -> None:
    assert nearest("ROC_AUC", ["roc_auc"]) == ["roc_auc"]


def test_a_long_list_is_cut() -> None:
    assert suggestion("zzz", [f"option{i:02}" for i in range(30)]).endswith("option19, and 10 more")
