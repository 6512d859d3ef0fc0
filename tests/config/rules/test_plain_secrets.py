from __future__ import annotations

import pytest

from config_folder import ProjectFolder

PIPELINE = "conf/pipeline/late.yaml"
POD = "type: kubernetes, image: a, project: /app, home: /state, volumes: [{claim: state, path: /state}]"
SIDE = "runtime: {" + POD + ", pod: {spec: {containers: [{name: side, image: a, env: [{%s}]}]}}}"


def codes(project: ProjectFolder) -> list[str]:
    return [found.code for found in project.check().warnings]


@pytest.mark.parametrize(
    "line",
    [
        "description: the token of gratitude; passwords are reset by the desk",
        "tracking: {uri: 'https://mlflow.example.org'}",
        "tracking: {uri: 'postgresql://user:${secret:DB}@db/mlflow'}",
        "runtime: {env: {DB_PASSWORD: '${secret:DB_PASSWORD}', TOKENIZERS_PARALLELISM: 'false'}}",
        "notify: [{type: webhook, url: 'https://example.org/hooks/model'}]",
        f"runtime: {{{POD}, annotations: {{vault.hashicorp.com/agent-inject-secret-db: secret/data/db}}}}",
        SIDE % "name: MODE, value: fast",
    ],
)
def test_what_is_no_secret(project: ProjectFolder, line: str) -> None:
    project.edit("conf/config.yaml", "owner: nobody", line)
    assert codes(project) == []


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("runtime: {env: {API_KEY: hunter2hunter2}}", "hunter2"),
        ("runtime: {env: {X: ghp_abcdefghijklmnopqrstuvwxyz0123456789}}", "ghp_abc"),
        (SIDE % "name: API_TOKEN, value: abcd1234efgh", "abcd1234efgh"),
        ("tracking: {uri: 'https://me:swordfish@example.org'}", "swordfish"),
        ("notify: [{type: webhook, url: 'https://example.org/x?token=abcdef123456'}]", "abcdef123456"),
        ("description: |\n  -----BEGIN RSA PRIVATE KEY-----\n  MIIEabc\n", "MIIEabc"),
    ],
)
def test_a_secret_is_told_and_never_repeated(project: ProjectFolder, line: str, secret: str) -> None:
    project.edit("conf/config.yaml", "owner: nobody", line)
    found = project.problem()
    assert found.code == "HR178"
    assert secret not in str(found)
    assert secret not in str(found.as_json())


@pytest.mark.parametrize("key", ["args: {password: hunter2}", "expand_kwargs: [{x: {api_key: hunter2}}]"])
def test_the_way_out_of_an_argument_is_none_that_is_refused_there(project: ProjectFolder, key: str) -> None:
    project.edit("conf/config.yaml", "owner: nobody", f"tasks: {{load: {{function: shop.hooks.load, {key}}}}}")
    found = project.problem()
    assert found.code == "HR178"
    assert "secret:" not in (found.remedy or "")
    assert "name an Airflow connection" in (found.remedy or "")
