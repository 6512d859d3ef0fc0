from __future__ import annotations

import pytest

from config_folder import ProjectFolder
from headrace.errors import ConfigError

DOCKER = "type: docker, image: flights"
POD = "type: kubernetes, image: flights, project: /app, home: /state, volumes: [{claim: state, path: /state}]"


def found(project: ProjectFolder, runtime: str) -> list[tuple[str, str]]:
    project.edit("conf/config.yaml", "owner: nobody", "owner: nobody\nruntime: {" + runtime + "}")
    try:
        problems = project.check().warnings
    except ConfigError as error:
        problems = error.diagnostics
    return [(problem.code, problem.message) for problem in problems]


@pytest.mark.parametrize(
    "runtime",
    [
        "type: in_process",
        "image: flights, stages: {train: {type: docker}}",
        "stages: {train: {" + POD + ", resources: {gpu: 1}}}",
        "type: process, python: envs/gpu/bin/python",
        DOCKER + ", resources: {cpu: 0.5, memory: 4Gi, gpu: 1}, network: warehouse, labels: {team: a}",
        DOCKER + ", project: /app, home: /state/headrace, volumes: [{name: state, path: /state}]",
        POD,
        POD + ", tolerations: [{operator: Exists}], secrets: {T: {name: a, key: b}}, env: {T: '${secret:T}'}",
        POD + ", pod: {spec: {priorityClassName: batch}}, namespace: ml, service_account: stages",
        POD.replace("]", ", {secret: lake-keys, path: /keys}]"),
    ],
)
def test_places_that_work(project: ProjectFolder, runtime: str) -> None:
    assert found(project, runtime) == []


@pytest.mark.parametrize(
    ("runtime", "code", "words"),
    [
        ("fuse: [[validate, transfrom]]", "HR320", "no stage `transfrom`"),
        ("stages: {train: {image: flights}}", "HR390", "`image` means nothing for `type: process`"),
        ("image: flights, stages: {train: {python: bin/python}}", "HR390", "`image` means nothing"),
        ("stages: {train: {type: docker}}", "HR391", "needs `image`"),
        ("type: in_process, stages: {train: {resources: {cpu: 1}}}", "HR390", "`resources` means nothing"),
        ("resources: {memory: 4Gi}", "HR390", "`resources` means nothing for `type: process`"),
        ("image: flights", "HR390", "`image` means nothing"),
        ("type: in_process, python: bin/python", "HR390", "`python` means nothing"),
        (DOCKER + ", namespace: ml", "HR390", "`namespace` means nothing for `type: docker`"),
        ("type: docker", "HR391", "needs `image`"),
        ("type: kubernetes, image: a, project: /app", "HR391", "needs `home`"),
        (POD.replace("path: /state", "path: /stat"), "HR392", "is on no volume"),
        (POD.replace("path: /state", "path: /state, read_only: true"), "HR392", "is on no volume"),
        (POD.replace("{claim: state", "{memory: 1Gi"), "HR392", "is on no volume"),
        (DOCKER + ", volumes: [{claim: state, path: /state}]", "HR393", "no volumes of `claim`"),
        (POD.replace("]", ", {secret: a, path: /state/}]"), "HR393", "two volumes are mounted"),
        (POD + ", env: {T: '${secret:T}'}", "HR394", "cannot look up the secret T"),
        ("fuse: [[validate, transform], [transform, split]]", "HR395", "`transform` is in two places"),
    ],
)
def test_places_that_do_not(project: ProjectFolder, runtime: str, code: str, words: str) -> None:
    (only,) = found(project, runtime)
    assert only[0] == code
    assert words in only[1]


@pytest.mark.parametrize(
    "runtime",
    [
        DOCKER + ", resources: {memory: 4}",
        DOCKER + ", resources: {memory: 4 GB}",
        DOCKER + ", resources: {cpu: 0}",
        "type: docker, image: '$(id)'",
        "type: docker, image: flights.sh --privileged",
        POD + ", namespace: My_Space",
        POD.replace("]", ", {claim: a, host: /b, path: /c}]"),
        POD.replace("]", ", {path: /c}]"),
        POD.replace("]", ", {claim: a, folder: ../b, path: /c}]"),
        POD + ", tolerations: [{}]",
        "fuse: [[train]]",
        "fuse: sometimes",
    ],
)
def test_values_that_the_schema_refuses(project: ProjectFolder, runtime: str) -> None:
    assert found(project, runtime)
