from __future__ import annotations

import pytest

from config_folder import ProjectFolder
from headrace.errors import ConfigError

POD = "type: kubernetes, image: a, project: /app, home: /state, volumes: [{claim: state, path: /state}]"


def told(project: ProjectFolder, runtime: str) -> list[tuple[str, str, str]]:
    """Code, message, and the text at the place."""
    project.edit("conf/config.yaml", "owner: nobody", "owner: nobody\nruntime: {" + runtime + "}")
    try:
        problems = project.check().warnings
    except ConfigError as error:
        problems = error.diagnostics
    found = []
    for problem in problems:
        assert problem.place is not None
        line = (project.root / problem.place.file).read_text().splitlines()[(problem.place.line or 1) - 1]
        found.append((problem.code, problem.message, line[(problem.place.column or 1) - 1 :]))
    return found


@pytest.mark.parametrize(
    ("written", "code", "path", "at"),
    [
        ("pod: {metadata: {namespace: b}}", "HR396", "runtime.pod.metadata.namespace", "namespace: b"),
        (
            "pod: {spec: {tolerations: [{effect: NoSchedul}]}}",
            "HR396",
            "runtime.pod.spec.tolerations.0.effect",
            "NoSchedul}",
        ),
        ("pod: {metadata: {annotations: {a: '${secret:T}'}}}", "HR394", "runtime.pod.metadata.annotations.a", "'${"),
        ("stages: {train: {pod: {kind: Job}}}", "HR396", "runtime.stages.train.pod.kind", "kind: Job"),
        ("labels: {a b: c}", "HR396", "runtime.labels.a b", "a b: c"),
        ("labels: {a: c d}", "HR396", "runtime.labels.a", "c d}"),
        ("labels: {headrace/call: c}", "HR396", "runtime.labels.headrace/call", "headrace/call"),
        ("labels: {a: '${secret:T}'}", "HR394", "runtime.labels.a", "'${"),
        ("annotations: {a b: c}", "HR396", "runtime.annotations.a b", "a b: c"),
        ("annotations: {a: '${secret:T}'}", "HR394", "runtime.annotations.a", "'${"),
        ("node_selector: {a: c d}", "HR396", "runtime.node_selector.a", "c d}"),
        ("stages: {train: {labels: {a: c d}}}", "HR396", "runtime.stages.train.labels.a", "c d}"),
        ("tolerations: [{key: a b, operator: Exists}]", "HR396", "runtime.tolerations.0.key", "a b,"),
        ("tolerations: [{key: a, value: b c}]", "HR396", "runtime.tolerations.0.value", "b c}"),
    ],
)  # fmt: skip
def test_what_a_cluster_would_refuse_is_told_where_it_is_written(
    project: ProjectFolder, written: str, code: str, path: str, at: str
) -> None:
    (only,) = told(project, f"{POD}, {written}")

    assert only[0] == code
    assert f"`{path}`" in only[1]
    assert only[2].startswith(at)


def test_annotations_take_any_text(project: ProjectFolder) -> None:
    assert told(project, f"{POD}, annotations: {{a: any text}}, labels: {{a: b}}") == []


def test_what_stages_inherit_is_told_once(project: ProjectFolder) -> None:
    assert len(told(project, f"{POD}, labels: {{a: b c}}, pod: {{kind: Job}}, stages: {{train: {{retries: 1}}}}")) == 2


def test_the_labels_of_a_stage_in_a_pod_are_a_clusters(project: ProjectFolder) -> None:
    (only,) = told(project, "type: docker, image: a, labels: {a: b c}, stages: {train: {" + POD + "}}")

    assert "`runtime.labels.a`" in only[1]


def test_dockers_labels_look_nothing_up_either(project: ProjectFolder) -> None:
    (only,) = told(project, "type: docker, image: a, labels: {a: '${secret:T}'}")

    assert only[0] == "HR394"
