from __future__ import annotations

import pytest

from config_folder import ProjectFolder

PIPELINE = "conf/pipeline/late.yaml"


def codes(project: ProjectFolder) -> list[str]:
    return [found.code for found in project.check().warnings]


@pytest.mark.parametrize(
    "gate",
    [
        "{metric: log_loss, max: 0.6}",
        "{metric: log_loss, min: 0.01, max: 0.6}",
        "{metric: roc_auc, min: 1}",
        "{metric: roc_auc, baseline: naive}",
        "{metric: log_loss, baseline: naive, min_improvement: 2.5}",
        "{metric: roc_auc, baseline: champion, max_degradation: 1, if_absent: refuse}",
    ],
)
def test_gates_that_make_sense_raise_nothing(project: ProjectFolder, gate: str) -> None:
    project.edit(PIPELINE, "{metric: roc_auc, min: 0.65}", gate)
    assert codes(project) == []


def test_a_bound_and_two_baselines_on_one_metric_are_no_repetition(project: ProjectFolder) -> None:
    more = "  - {metric: roc_auc, baseline: naive}\n  - {metric: roc_auc, baseline: champion, if_absent: pass}\n"
    project.edit(PIPELINE, "  - {metric: roc_auc, min: 0.65}\n", "  - {metric: roc_auc, min: 0.65}\n" + more)
    assert codes(project) == []


def test_a_pipeline_that_promotes_nothing_needs_no_gate(project: ProjectFolder) -> None:
    project.edit(PIPELINE, "gates:\n  - {metric: roc_auc, min: 0.65}\n", "registry: null\n")
    assert codes(project) == []
