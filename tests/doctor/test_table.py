"""The table of checks."""

from __future__ import annotations

from pathlib import Path

from headrace.doctor import Patient, examine
from headrace.doctor.table import CHECKS
from headrace.project import Project


def test_every_check_works_outside_of_a_project() -> None:
    found = examine(Patient(None, {}), CHECKS)

    assert [finding for finding in found if finding.status == "fail"] == []
    assert [finding.status for finding in found if finding.subject == "project"] == ["warn"]


def test_every_problem_has_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "conf" / "pipeline").mkdir(parents=True)
    (tmp_path / "conf" / "config.yaml").write_text("seed: 1\n")
    (tmp_path / "conf" / "pipeline" / "p.yaml").write_text("broken: [\n")
    variables = {"HEADRACE_SECRETS_FILE": str(tmp_path / "nowhere"), "MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}

    found = examine(Patient(Project(tmp_path, tmp_path / ".headrace"), variables), CHECKS)

    failed = {finding.subject for finding in found if finding.status == "fail"}
    assert {"configuration", "secrets", "MLflow tracking"} <= failed
    assert [finding for finding in found if finding.status != "ok" and not finding.remedy] == []
