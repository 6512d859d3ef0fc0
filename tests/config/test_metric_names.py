from __future__ import annotations

import pytest

from headrace.config.metric_names import METRICS, direction, names


def test_each_task_has_its_metrics() -> None:
    assert set(METRICS) == {"binary", "multiclass", "regression"}
    assert names("multiclass")[:2] == ("accuracy", "balanced_accuracy")
    assert direction("binary", "log_loss") == "min"
    assert direction("regression", "r2") == "max"


def test_a_metric_of_another_task_is_unknown() -> None:
    with pytest.raises(KeyError):
        direction("regression", "roc_auc")
