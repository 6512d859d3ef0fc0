"""What an edit does, among 100 pipelines of which one changes: `headrace plan` against `dvc params diff`, and with
nothing known of the past against composing both sides with plain Hydra, which cannot know which pipelines to compose.

Both compare the same files of the same repository: DVC's `params.yaml` holds the values that the pipeline files hold.
DVC tells values only; it does not know what they mean for stages, schedules or gates.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from dvc_command import dvc_command
from pairs import (
    HEADRACE,
    PROJECT,
    BenchmarkError,
    Command,
    Options,
    Ratio,
    cost_of,
    note,
    pairs,
    ratio,
    run,
    scratch,
)

PIPELINES = 100
WARM_LIMIT = 1.0
COLD_LIMIT = 0.25

_PIPELINE = PROJECT / "conf" / "pipeline" / "wine_cultivars.yaml"
#: Both sides of every pipeline, as Hydra composes them in one process.
_COMPOSE = """\
import sys
from hydra import compose, initialize_config_dir
for folder in sys.argv[1:]:
    with initialize_config_dir(folder, version_base=None):
        for number in range(100):
            compose("config", overrides=[f"pipeline=p{number:03}"])
"""


def measure(asked: Options) -> Sequence[Ratio]:
    """Two rows: with the past known, and without."""
    dvc = dvc_command(asked.dvc)
    with scratch() as folder:
        project = folder / "project"
        _make_project(dvc, project)
        plan = Command((HEADRACE, "plan", "--format", "json"), project, {})
        _check(plan)
        diff = Command((dvc, "params", "diff", "--json"), project, {})
        warm = pairs(lambda _: plan, lambda _: diff, asked.pairs)
        past = folder / "past"
        _extract_past(project, past)
        both = Command((sys.executable, "-c", _COMPOSE, str(past / "conf"), str(project / "conf")), project, {})
        cold = pairs(lambda _: _forgotten(project, plan), lambda _: both, max(1, asked.pairs // 3))
    what = f"headrace plan, 1 of {PIPELINES} pipelines changed"
    return [
        ratio(what, "dvc params diff, the same values", warm, lambda cost: cost.wall, WARM_LIMIT),
        ratio(
            f"{what}, REV not seen before",
            f"plain Hydra, {2 * PIPELINES} composes",
            cold,
            lambda cost: cost.wall,
            COLD_LIMIT,
        ),
    ]


def _make_project(dvc: str, project: Path) -> None:
    """A repository of many pipelines and DVC's parameters, committed, compiled, and then edited once."""
    shutil.copytree(PROJECT / "conf", project / "conf", ignore=shutil.ignore_patterns("pipeline"))
    (project / "conf" / "pipeline").mkdir()
    text = _PIPELINE.read_text()
    for number in range(PIPELINES):
        (project / "conf" / "pipeline" / f"p{number:03}.yaml").write_text(text)
    (project / ".gitignore").write_text(".headrace\n")
    _write_params(project, 0.3)
    git = ("git", "-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost")
    note(f"compiling {PIPELINES} pipelines once")
    for words in (
        ("git", "init", "--quiet"),
        (dvc, "init", "--quiet"),
        (dvc, "config", "core.analytics", "false"),
        (dvc, "config", "core.check_update", "false"),
        ("git", "add", "--all"),
        (*git, "commit", "--quiet", "--message", "Many pipelines"),
        (HEADRACE, "compile"),
    ):
        cost_of(Command(words, project, {}))
    changed = project / "conf" / "pipeline" / "p000.yaml"
    changed.write_text(text.replace("test: 0.3", "test: 0.25"))
    _write_params(project, 0.25)


def _write_params(project: Path, test: float) -> None:
    """The values of every pipeline, where DVC looks for them by itself."""
    values = {"split": {"method": "stratified", "test": 0.3}, "metrics": ["balanced_accuracy"], "seed": 42}
    params = {f"p{number:03}": values for number in range(PIPELINES)}
    params["p000"] = {**values, "split": {"method": "stratified", "test": test}}
    (project / "params.yaml").write_text(json.dumps(params, indent=1))


def _extract_past(project: Path, past: Path) -> None:
    past.mkdir()
    cost_of(Command(("git", "--work-tree", str(past), "checkout", "--quiet", "HEAD", "--", "conf"), project, {}))
    cost_of(Command(("git", "reset", "--quiet"), project, {}))


def _forgotten(project: Path, plan: Command) -> Command:
    """The command, after what it knows of the past was deleted."""
    shutil.rmtree(project / ".headrace" / "revisions", ignore_errors=True)
    return plan


def _check(plan: Command) -> None:
    """BenchmarkError unless exactly the one edit is told."""
    told = json.loads(cost_of(plan).output)
    if [item["name"] for item in told["pipelines"]] != ["p000"] or told["unchanged"] != PIPELINES - 1:
        raise BenchmarkError(f"the plan tells another change: {told['pipelines']}")


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, count=9))
