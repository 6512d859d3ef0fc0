from __future__ import annotations

import pytest

from config_folder import ProjectFolder

PIPELINE = "conf/pipeline/late.yaml"
FLIGHTS = "conf/dataset/flights.yaml"


@pytest.mark.parametrize(
    ("file", "before", "after", "code", "place", "message"),
    [
        (PIPELINE, "[distance, temp]", "[distance, late]", "HR150", "10:23", "`late` is the target"),
        (PIPELINE, "[roc_auc, log_loss]", "[roc_auc, r2]", "HR151", "15:20", "`r2` is no metric of the task binary"),
        (PIPELINE, "[roc_auc, log_loss]", "[roc_auc, roc_auc]", "HR151", "15:20", "`roc_auc` is listed twice"),
        (PIPELINE, "metric: roc_auc", "metric: auc", "HR151", "17:14", "`auc` is no metric of the task binary"),
        (PIPELINE, "metric: roc_auc", "metric: f1", "HR152", "17:14", "the gate's metric `f1` is not computed"),
        (PIPELINE, ", positive: true", "", "HR153", "8:1", "a binary target needs `positive`"),
        (
            FLIGHTS,
            "transform: {type: sql, file: flights.sql}\n",
            "",
            "HR154",
            "1:1",
            "2 sources, and nothing that joins",
        ),
        ("conf/model/boosted.yaml", "xgboost.XGBClassifier", "os.system", "HR155", "1:7", "`os.system` is outside"),
        ("conf/model/boosted.yaml", "xgboost.XGBClassifier", "xgboost", "HR155", "1:7", "`xgboost` does not name"),
        (
            "conf/model/boosted.yaml",
            "xgboost.XGB",
            "xgboost_evil.XGB",
            "HR155",
            "1:7",
            "`xgboost_evil.XGBClassifier` is",
        ),
        (PIPELINE, "gates:", "validation: {fligts: {rows: {min: 1}}}\ngates:", "HR156", "16:14", "rules for `fligts`"),
    ],
)
def test_what_breaks_a_rule_is_shown_where_it_stands(
    project: ProjectFolder, file: str, before: str, after: str, code: str, place: str, message: str
) -> None:
    project.edit(file, before, after)
    found = project.problem()
    assert found.code == code
    assert str(found.place) == (f"{file}:{place}" if place else "conf/model/boosted.yaml:5:1")
    assert found.message.startswith(message)


def test_a_task_without_events_has_no_positive_value(project: ProjectFolder) -> None:
    found = project.problem("task=multiclass", "metrics=[accuracy]", "gates=[]", "+registry=null")
    assert (found.code, found.message) == ("HR153", "`positive` has no meaning for the task multiclass")


def test_a_package_of_ones_own_can_be_allowed(project: ProjectFolder) -> None:
    assert project.problem("model.type=ours.models.Net").code == "HR155"
    assert project.compile("model.type=ours.models.Net", "model_packages=[ours]")[0].model_packages == ("ours",)


def test_without_a_list_of_metrics_every_metric_can_have_a_gate(project: ProjectFolder) -> None:
    assert project.compile("metrics=[]", "gates.0.metric=f1")[0].metrics == ()


def test_gates_need_a_model(project: ProjectFolder) -> None:
    assert project.problem("~model").code == "HR152"
    assert project.compile("~model", "gates=[]")[0].model is None


def test_a_random_split_needs_names_for_rows(project: ProjectFolder) -> None:
    project.edit("conf/dataset/flights.yaml", "row_id: [id]\n", "")
    project.edit(
        PIPELINE, "method: time, column: day, test: 30d, validation: 30d", "method: random, test: 0.2, validation: 0.1"
    )
    found = project.problem()
    assert (found.code, str(found.place)) == ("HR161", f"{PIPELINE}:12:17")


def test_every_broken_rule_is_reported(project: ProjectFolder) -> None:
    codes = [found.code for found in project.problems("target.positive=null", "model.type=os.system", "metrics=[auc]")]
    assert codes == ["HR153", "HR155", "HR151"]
