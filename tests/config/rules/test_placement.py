from __future__ import annotations

from collections.abc import Sequence

import pytest

from config_folder import ProjectFolder
from headrace.errors import ConfigError, Diagnostic

DOCKER = "type: docker, image: flights"
POD = "type: kubernetes, image: flights, project: /app, home: /state, volumes: [{claim: state, path: /state}]"


def problems(project: ProjectFolder, runtime: str) -> Sequence[Diagnostic]:
    project.edit("conf/config.yaml", "owner: nobody", "owner: nobody\nruntime: {" + runtime + "}")
    try:
        return project.check().warnings
    except ConfigError as error:
        return error.diagnostics


def found(project: ProjectFolder, runtime: str) -> list[tuple[str, str]]:
    return [(problem.code, problem.message) for problem in problems(project, runtime)]


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
        POD + ", resources: {cpu: 500m, memory: 128Mi}",
        DOCKER + ", labels: {a b: any text of Docker's}",
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
        (POD.replace("project: /app, ", ""), "HR391", "needs `project`"),
        (POD.replace("path: /state", "path: /stat"), "HR392", "is on no volume"),
        (POD.replace("path: /state", "path: /state, read_only: true"), "HR392", "may only be read"),
        (POD.replace("{claim: state", "{memory: 1Gi"), "HR392", "is on no volume"),
        (DOCKER + ", volumes: [{claim: state, path: /state}]", "HR393", "no volumes of `claim`"),
        (DOCKER + ", volumes: [{name: v, path: /v, folder: x}]", "HR393", "`folder` means nothing"),
        (POD.replace("]", ", {secret: a, path: /state/}]"), "HR393", "two volumes are mounted"),
        (DOCKER + ", resources: {memory: 1k}", "HR398", "1k is less memory"),
        (POD + ", resources: {memory: 64Mi}", "HR398", "64Mi is less memory"),
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
        POD.replace("]", ", {memory: 1Gi, path: /dev/shm, read_only: true}]"),
    ],
)
def test_values_that_the_schema_refuses(project: ProjectFolder, runtime: str) -> None:
    assert found(project, runtime)


@pytest.mark.parametrize(
    ("runtime", "at"),
    [
        (POD + ", stages: {train: {type: docker}}", "claim: state"),
        (POD.replace("state, path", "state, folder: x, path") + ", stages: {train: {type: docker}}", "claim: state"),
        (POD.replace("path: /state", "path: /stat") + ", stages: {train: {resources: {cpu: 1}}}", "home: /state"),
        (POD.replace("path: /state", "path: /state, read_only: true"), "read_only: true"),
        (POD + ", env: {A: '${secret:T}'}, stages: {train: {retries: 1}}", "A: '${secret:T}'"),
        (POD + ", resources: {memory: 1Mi}, stages: {train: {retries: 1}}", "memory: 1Mi"),
    ],
)
def test_what_stages_inherit_is_told_once_and_where_it_is_written(
    project: ProjectFolder, runtime: str, at: str
) -> None:
    (only,) = problems(project, runtime)

    assert only.place is not None
    line, column = only.place.line or 1, only.place.column or 1
    text = (project.root / only.place.file).read_text().splitlines()[line - 1]
    assert text.index(at) <= column - 1 < text.index(at) + len(at)


def test_the_stage_that_cannot_mount_what_it_inherits_is_named(project: ProjectFolder) -> None:
    (only,) = problems(project, POD + ", stages: {train: {type: docker}}")

    assert "stage `train`" in only.message
    assert "`volumes` of its own" in only.remedy
