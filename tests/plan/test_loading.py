"""Many pipelines at once: which are compiled again, in what order they come back, what keeps them from being kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from headrace.plan import loading
from headrace.plan.cache import compiled
from headrace.plan.loading import Request, load_all
from headrace.project import Project
from projects import Sandbox, churn_project

COUNT = 12


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """Pipelines `p0` to `p11`, of which every third has a model of its own, and `broken`, which names no option."""
    made = churn_project(tmp_path_factory.mktemp("many") / "project")
    text = (made.root / "conf/pipeline/churn.yaml").read_text()
    for number in range(COUNT):
        model = "ridge_classifier" if number % 3 == 0 else "logistic_regression"
        made.write(f"conf/pipeline/p{number}.yaml", text.replace("/model: logistic_regression", f"/model: {model}"))
    made.write("conf/model/ridge_classifier.yaml", (made.root / "conf/model/logistic_regression.yaml").read_text())
    made.write("conf/pipeline/broken.yaml", text.replace("/model: logistic_regression", "/model: logistc"))
    (made.root / "conf/pipeline/churn.yaml").unlink()
    load_all(Project(made.root, made.home), [Request(name) for name in Project(made.root, made.home).pipelines()])
    return made


@pytest.fixture
def project(sandbox: Sandbox) -> Project:
    return Project(sandbox.root, sandbox.home)


@pytest.fixture
def again(project: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Loads everything; the names of what was compiled for it."""

    def load() -> list[str]:
        names = project.pipelines()
        stale = [name for name in names if compiled(project, name) is None]
        load_all(project, [Request(name) for name in names])
        return stale

    return load


def test_nothing_is_compiled_where_nothing_changed(again: Callable[[], list[str]]) -> None:
    assert again() == []


def test_an_edit_compiles_what_depends_on_it_and_nothing_else(sandbox: Sandbox, again: Callable[[], list[str]]) -> None:
    for file, expected in (
        ("conf/pipeline/p4.yaml", {"p4"}),
        ("conf/model/ridge_classifier.yaml", {f"p{number}" for number in range(0, COUNT, 3)}),
        # The broken one chooses it too, and was looked through for circles.
        ("conf/dataset/churn.yaml", {"broken", *(f"p{number}" for number in range(COUNT))}),
        ("conf/model/ridge.yaml", set()),
    ):
        with (sandbox.root / file).open("a") as opened:
            opened.write("# edited\n")
        assert set(again()) == expected, file
        assert again() == []


def test_a_broken_pipeline_waits_for_what_it_lacks_and_no_other_edit(
    sandbox: Sandbox, project: Project, again: Callable[[], list[str]]
) -> None:
    with (sandbox.root / "conf/model/logistic_regression.yaml").open("a") as opened:
        opened.write("# edited\n")
    assert "broken" not in again()

    sandbox.write("conf/model/logistc.yaml", (sandbox.root / "conf/model/logistic_regression.yaml").read_text())
    assert again() == ["broken"]
    assert compiled(project, "broken").require()  # type: ignore[union-attr]
    (sandbox.root / "conf/model/logistc.yaml").unlink()
    assert again() == ["broken"]


def test_results_come_in_the_order_of_the_requests_with_their_overrides(project: Project) -> None:
    requests = [Request("p2", ("seed=7",)), Request("p1"), Request("p2"), Request("p1")]

    found = load_all(project, requests)

    assert [result.name for result in found] == ["p2", "p1", "p2", "p1"]
    assert [result.require().spec["seed"] for result in found] == [7, 42, 42, 42]


def test_a_home_that_cannot_be_written_to_costs_only_time(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("where a folder should be")
    project = Project(sandbox.root, tmp_path / "file" / "home")

    assert load_all(project, [Request("p1")])[0].plan is not None
    assert compiled(project, "p1") is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"made_by": []}', "\0\0"])
def test_damage_counts_as_nothing_kept(project: Project, text: str) -> None:
    path = project.home / "compiled" / "p5.json"
    path.write_text(text)

    assert compiled(project, "p5") is None
    assert load_all(project, [Request("p5")])[0].plan is not None


def test_parameters_are_completed_once(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(sandbox.root, tmp_path / "home")
    before = load_all(project, [Request("p1", ("+model.params.no_such=1",))])[0]
    assert (before.plan is not None, before.parameters_checked) == (True, False)

    told = load_all(project, [Request("p1", ("+model.params.no_such=1",))], check_parameters=True)[0]
    assert [found.code for found in told.diagnostics] == ["HR157"]

    monkeypatch.setattr(loading, "_complete", lambda _project, _request, result: result)
    kept = load_all(project, [Request("p1", ("+model.params.no_such=1",))], check_parameters=True)[0]
    assert kept == told
