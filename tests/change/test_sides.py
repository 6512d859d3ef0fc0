from __future__ import annotations

from headrace.change.revision import find_revision
from headrace.change.sides import Side, changed_files, sides
from headrace.change.snapshot import snapshot
from repositories import Repository


def both(repo: Repository, *names: str) -> dict[str, Side]:
    past = snapshot(repo.project, find_revision(repo.root, "HEAD"))
    return {side.name: side for side in sides(past, repo.project, names or None)}


def test_only_what_differs_is_compiled_again(repo: Repository) -> None:
    text = (repo.conf / "pipeline" / "late.yaml").read_text()
    repo.write(
        {
            "conf/pipeline/other.yaml": text.replace("boosted", "forest").replace(
                "model:\n  params: {max_bin: 128}\n", ""
            )
        }
    )
    repo.commit()
    repo.edit("conf/model/boosted.yaml", "300", "400")

    found = both(repo)

    assert found["other"].before is found["other"].after
    assert found["late"].before is not found["late"].after
    past = snapshot(repo.project, find_revision(repo.root, "HEAD"))
    assert [path.stem for path in (past.home / "compiled").glob("*.json")] == ["late"]


def test_an_optional_file_that_is_gone_is_noticed(repo: Repository) -> None:
    repo.edit("conf/pipeline/late.yaml", "  - /model: boosted", "  - /model: boosted\n  - optional /env: ci")
    repo.write({"conf/env/ci.yaml": "# @package _global_\nseed: 7\n"})
    repo.commit()
    (repo.conf / "env" / "ci.yaml").unlink()

    late = both(repo)["late"]

    assert late.before is not None
    assert late.before.plan is not None
    assert late.before.plan.spec["seed"] == 7
    assert late.after is not None
    assert late.after.plan is not None
    assert late.after.plan.spec["seed"] == 0


def test_pipelines_of_one_side_only(repo: Repository) -> None:
    repo.git("mv", "conf/pipeline/late.yaml", "conf/pipeline/later.yaml")

    found = both(repo)

    assert found["late"].after is None
    assert found["later"].before is None
    assert list(both(repo, "late")) == ["late"]


def test_files_that_differ(repo: Repository) -> None:
    past = snapshot(repo.project, find_revision(repo.root, "HEAD"))
    repo.edit("conf/config.yaml", "seed: 0", "seed: 1")
    repo.write({"conf/new.yaml": ""})
    (repo.conf / "model" / "forest.yaml").unlink()

    assert changed_files(past.conf, repo.conf) == {"config.yaml", "new.yaml", "model/forest.yaml"}
