"""Plans as DAG specifications."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from headrace.errors import ConfigError
from headrace.plan.model import Plan
from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.spec.model import StageTask, from_json, to_json
from headrace_airflow.spec.stages import FUSED
from plans import plan_of

GOLDEN = Path(__file__).parent / "golden" / "flights.json"


def task(plan: Plan, name: str) -> StageTask:
    return next(task for task in dag_spec(plan).tasks if task.task_id == name)


def test_a_dag_is_told_once_how_many_tasks_may_run() -> None:
    both = dag_spec(plan_of(schedule={"max_active_tasks": 4}, dag={"max_active_tasks": 2}))

    assert (both.schedule.max_active_tasks, both.options.max_active_tasks) == (None, 2)
    assert dag_spec(plan_of(schedule={"max_active_tasks": 4})).schedule.max_active_tasks == 4


def test_the_flights_pipeline_is_as_it_was_reviewed() -> None:
    plan = plan_of()

    text = json.dumps(to_json(dag_spec(plan)), indent=1, ensure_ascii=False).replace(plan.digest, "PLAN")

    assert text + "\n" == GOLDEN.read_text(), f"if this change is meant, write it to {GOLDEN}:\n{text}"


def test_the_document_is_read_as_it_was_written() -> None:
    document = json.loads(json.dumps(to_json(dag_spec(plan_of()))))

    assert to_json(from_json(document)) == document


def test_there_is_one_task_a_stage_in_the_plans_order() -> None:
    plan = plan_of()

    assert [task.task_id for task in dag_spec(plan).tasks] == [stage.name for stage in plan.stages]


def test_what_runs_regardless_has_the_rule_for_it() -> None:
    rules = {task.task_id: task.options.trigger_rule for task in dag_spec(plan_of()).tasks}

    assert rules.pop("track") == "none_failed"
    assert set(rules.values()) == {None}


def test_a_fused_pipeline_is_one_task_with_the_time_of_all() -> None:
    plan = plan_of(runtime={"fuse": True, "timeout": "10m"})

    (only,) = dag_spec(plan).tasks

    assert only.task_id == FUSED
    assert only.stages == tuple(stage.name for stage in plan.stages)
    assert only.options.timeout == 600 * len(plan.stages)
    assert only.consequence == "the champion stays"


def test_a_failure_after_the_promotion_does_not_claim_that_the_champion_stayed() -> None:
    assert task(plan_of(), "promote").consequence == "the champion stays"
    assert task(plan_of(), "track").consequence == "the champion had been decided on before"


def test_a_pipeline_without_a_model_says_nothing_of_champions() -> None:
    plan = plan_of(model=None, task=None, target=None, features=None, split=None, metrics=[], gates=[])

    assert {task.consequence for task in dag_spec(plan).tasks} == {""}


def test_names_of_secrets_are_carried_and_no_more() -> None:
    plan = plan_of(runtime={"env": {"TOKEN": "x ${secret:API_TOKEN}"}})

    found = task(plan, "train")

    assert found.runtime.secrets == ("API_TOKEN",)
    assert found.runtime.environment == {"TOKEN": "x ${secret:API_TOKEN}"}


def test_catching_up_from_nowhere_is_refused_with_its_place() -> None:
    with pytest.raises(ConfigError) as caught:
        dag_spec(plan_of(schedule={"cron": "@daily", "catchup": True}))

    (diagnostic,) = caught.value.diagnostics
    assert str(diagnostic.place) == "conf/pipeline/flights.yaml:20:1"
    assert "schedule.start" in diagnostic.remedy


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(ConfigError, match="before it starts"):
        dag_spec(plan_of(schedule={"cron": "@daily", "start": "2024-02-01", "end": "2024-01-01"}))


def test_the_page_tells_purpose_stages_values_and_places() -> None:
    page = dag_spec(plan_of()).doc_md

    assert "Will a flight be late?" in page
    assert "`→ ingest → validate → transform → validate_table → split`" in page
    assert "owner `ml-team` · tags `travel`" in page
    assert "| `schedule.cron` | `0 6 * * *` | `conf/schedule/daily.yaml` |" in page
    assert "gate: `roc_auc min: 0.65`" in page
    assert "a note on \\_composition\\_" in page
    assert "headrace run flights" in page
    assert plan_of().digest in page
    assert "ALERT_URL" not in page


def test_text_from_yaml_is_text_on_the_page() -> None:
    description = "<script>alert(1)</script> [x](javascript:y) `id` # no heading"
    features = {"numeric": ["a`b|c\nd"]}

    page = dag_spec(plan_of(description=description, features=features)).doc_md

    assert "\\<script\\>" in page
    assert "\\[x\\](javascript:y)" in page
    assert "`a'b\\|c d`" in page


def test_the_page_leads_to_mlflow_where_everybody_may_see_the_address() -> None:
    def page(uri: str) -> str:
        return dag_spec(plan_of(tracking={"uri": uri})).doc_md

    assert "runs in [MLflow](<https://mlflow.example.com>)" in page("https://mlflow.example.com")
    for uri in ("https://me:s3cret@mlflow.example.com", "https://${secret:HOST}/", "sqlite:///mlflow.db"):
        assert "[MLflow]" not in page(uri)
        assert "s3cret" not in page(uri)


def test_a_page_is_never_taken_for_the_name_of_a_file() -> None:
    assert not dag_spec(plan_of(description="README.md")).doc_md.endswith(".md")


def test_reading_a_plan_as_a_specification_imports_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(plan_of().to_json()))
    code = (
        "import json, sys; from headrace.plan.model import Plan; from headrace_airflow.spec.dag import dag_spec\n"
        "dag_spec(Plan.from_json(json.load(open('plan.json')))); print(*sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)

    heavy = {"airflow", "hydra", "omegaconf", "pandas", "polars", "sklearn", "xgboost", "mlflow", "duckdb", "pandera"}
    assert not heavy.intersection(done.stdout.split())
