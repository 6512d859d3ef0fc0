"""A secret works, and is found nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from canaries import command_lines, echo, sightings
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


def test_whoever_starts_a_run_reads_no_secret_of_the_worker(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")
    project.edit(
        "conf/pipeline/churn.yaml",
        "task: binary",
        "description: Who leaves?\nparams: {note: {at: description}}\ntask: binary",
    )
    compiled = project.headrace("compile")
    assert compiled.code == 0, compiled.err

    with command_lines() as lines:
        done = project.headrace(
            "stage", "churn", "--all", "--run-id=r1", '--param=note="so: ${secret:DB_PASSWORD}"', DB_PASSWORD=VALUE
        )

    assert done.code == 2, done.err
    assert "parameter note: a text with `${` is no plain value" in done.err
    assert "conf/pipeline/churn.yaml:8" in done.err
    assert {kind.name for kind in (project.home / "store").iterdir()} <= {"plans", "code"}, "nothing was begun"
    assert not list(project.home.rglob("mlflow.db")), "MLflow was told nothing"
    stored = [path for path in project.home.rglob("*") if path.is_file() and b"DB_PASSWORD" in path.read_bytes()]
    assert stored == []
    assert sightings(VALUE, [project.root], [done.out, done.err, *lines]) == []


CANARY = 'c@nary/"s+ng 7é'


@pytest.mark.parametrize(("code", "words"), [(401, ()), (500, ("--debug",))])
def test_a_server_that_quotes_what_it_was_sent_gives_nothing_away(
    tmp_path: Path, code: int, words: tuple[str, ...]
) -> None:
    project = churn_project(tmp_path / "project")
    with echo(code) as server, command_lines() as lines:
        project.edit(
            "conf/pipeline/churn.yaml",
            "task: binary",
            f'notify: [{{type: webhook, url: "http://{server.address}/${{secret:HOOK}}"}}]\n'
            f'tracking: {{uri: "http://somebody:${{secret:PASSWORD}}@{server.address}"}}\ntask: binary',
        )
        quoted = CANARY.replace("/", "_").replace('"', "-").replace("@", ".")  # as it has to be in an address
        token = "ambient-t0ken-of-mlflow"

        done = project.headrace(
            "run", "churn", *words, HOOK=quoted, PASSWORD=quoted.replace(" ", "_"), MLFLOW_TRACKING_TOKEN=token
        )

    assert done.code != 0
    assert server.requests, "the address was used"
    for canary in (quoted, quoted.replace(" ", "_"), token):
        assert sightings(canary, [project.root], [done.out, done.err, *lines]) == []


def test_a_run_that_ends_well_writes_no_secret_either(tmp_path: Path) -> None:
    project = churn_project(tmp_path / "project")
    secrets = tmp_path / "secrets.yaml"
    secrets.write_text("HOOK: 'file-canary/\"7é'\n")
    secrets.chmod(0o600)
    project.edit(
        "conf/pipeline/churn.yaml",
        "task: binary",
        'notify: [{type: webhook, url: "http://127.0.0.1:9/${secret:HOOK}"}]\n'
        'runtime: {env: {TOKEN: "x ${secret:HOOK}"}}\ntask: binary',
    )
    with command_lines() as lines:
        done = project.headrace("run", "churn", HEADRACE_SECRETS_FILE=str(secrets))
        said = [project.headrace(*words).out for words in (("lint",), ("plan", "churn"), ("list",), ("runs",))]

    assert done.code == 0, done.err
    assert "HOOK" in (project.home / "compiled" / "churn.json").read_text(), "the reference is kept"
    assert sightings('file-canary/"7é', [project.root], [done.out, done.err, *said, *lines]) == []


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """The tests above would be worth nothing if it did not."""
    import base64
    import gzip
    import zipfile

    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "a.json").write_text('{"x": "c@nary/\\"s+ng 7\\u00e9"}')
    (tmp_path / "b.gz").write_bytes(gzip.compress(CANARY.encode()))
    (tmp_path / "c").write_bytes(base64.b64encode(b"user:" + CANARY.encode()))
    (tmp_path / "d").write_text("http://x/c%40nary%2F%22s%2Bng%207%C3%A9")
    with zipfile.ZipFile(tmp_path / "e.skops", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", CANARY * 3)
    pq.write_table(pa.table({"a": [CANARY] * 100}), tmp_path / "f.parquet", compression="zstd")
    assert len({line.split(":")[0] for line in sightings(CANARY, [tmp_path])}) == 6
