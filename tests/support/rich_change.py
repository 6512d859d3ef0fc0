"""One change that does nearly everything, for the renderers."""

from __future__ import annotations

from headrace.change.document import Change
from headrace.store import LocalStore
from repositories import Repository

_PREPARE = """\
# @package _global_
defaults:
  - /dataset: flights
  - _self_
"""

_BERLIN = """\
cron: "0 6 * * *"
timezone: Europe/Berlin
start: 2026-01-01
catchup: true
"""


def rich_change(repo: Repository) -> Change:
    """Pipelines that are changed, shared in a change, renamed, removed, broken, mended and added."""
    late = (repo.conf / "pipeline" / "late.yaml").read_text()
    other = late.replace("  params: {max_bin: 128}\n", "  params: {max_bin: 64}\n")
    repo.write(
        {
            "conf/schedule/berlin.yaml": _BERLIN,
            "conf/pipeline/shared.yaml": other,
            "conf/pipeline/old_name.yaml": other + "seed: 11\n",
            "conf/pipeline/gone.yaml": other + "seed: 12\nregistry: {name: gone_model}\n",
            "conf/pipeline/breaks.yaml": other + "seed: 13\n",
            "conf/pipeline/mended.yaml": other.replace("binary", "binery"),
            "conf/pipeline/same.yaml": _PREPARE,
        }
    )
    repo.commit("the past")
    _past_runs(repo)
    repo.edit("conf/model/boosted.yaml", "n_estimators: 300", "n_estimators: 400")
    repo.edit("conf/dataset/flights.sql", "f.delay > 15", "f.delay > 20")
    repo.edit("conf/pipeline/late.yaml", "min: 0.65", "min: 0.6")
    repo.edit("conf/pipeline/late.yaml", "override /schedule: daily", "override /schedule: berlin")
    repo.edit("conf/pipeline/late.yaml", "numeric: [distance, temp]", "numeric: [distance]")
    repo.edit("conf/pipeline/late.yaml", "test: 30d", "test: 60d")
    repo.write({"conf/pipeline/late.yaml": (repo.conf / "pipeline" / "late.yaml").read_text() + _LISTENER})
    repo.git("mv", "conf/pipeline/old_name.yaml", "conf/pipeline/new_name.yaml")
    repo.git("rm", "--quiet", "conf/pipeline/gone.yaml")
    repo.edit("conf/pipeline/breaks.yaml", "min: 0.65", "mni: 0.65")
    repo.edit("conf/pipeline/mended.yaml", "binery", "binary")
    repo.write({"conf/pipeline/added.yaml": _PREPARE + "description: Only prepares\n"})
    repo.write({"data/flights.csv": "id\n1\n"})
    return repo.change()


_LISTENER = (
    'notify:\n  - {type: webhook, url: "https://hooks.example.com/T0/S3CRET"}\ndescription: "@team | `x` <img src=x>"\n'
)


def _past_runs(repo: Repository) -> None:
    store = LocalStore(repo.project.home / "store")
    seconds = {
        "transform": 1.0,
        "split": 0.5,
        "train": 6.0,
        "evaluate": 1.0,
        "gate": 0.1,
        "register": 0.2,
        "promote": 0.1,
    }
    for number, factor in enumerate((0.8, 1.0, 1.3)):
        run = f"late-2026030{number + 1}"
        store.put_document("runs", run, {"run_id": run, "pipeline": "late", "status": "done"})
        for stage, value in seconds.items():
            noted = {"status": "ran", "key": "k", "seconds": value * factor, "observed": None}
            store.put_document(f"runs/{run}", stage, noted)
