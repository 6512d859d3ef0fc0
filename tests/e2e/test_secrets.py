"""A secret works, and is found nowhere."""

from __future__ import annotations

from pathlib import Path

from projects import churn_project

VALUE = "hunter2-very-secret-value"


def test_a_secret_is_in_no_plan_log_or_message(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")
    project.edit(
        "conf/pipeline/churn.yaml",
        "task: binary",
        'notify: [{type: webhook, url: "http://127.0.0.1:9/${secret:HOOK}"}]\n'
        'tracking: {uri: "http://somebody:${secret:PASSWORD}@127.0.0.1:9"}\ntask: binary',
    )

    done = project.headrace("run", "churn", HOOK=VALUE, PASSWORD=VALUE)

    assert done.code == 1, done.err
    assert "127.0.0.1:9" in done.err  # nothing listens on the discard port: the address was used, and is named
    assert VALUE not in done.out + done.err
    for path in project.root.rglob("*"):
        assert VALUE not in path.name
        assert path.is_dir() or VALUE.encode() not in path.read_bytes(), path


def test_a_missing_secret_is_named_with_its_place(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")
    project.edit("conf/pipeline/churn.yaml", "task: binary", 'tracking: {uri: "${secret:NOWHERE}"}\ntask: binary')

    done = project.headrace("run", "churn")

    assert done.code == 2
    assert "NOWHERE" in done.err
    assert "conf/pipeline/churn.yaml:7" in done.err
