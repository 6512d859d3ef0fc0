"""A run that finds nothing to do: `headrace run flight_delays` again against `dvc repro` again, eight stages each.

The DVC project is a real one: a git repository, the same three source files, eight stages one after another, each
with a command, dependencies, outputs and parameters.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent

from dvc_command import dvc_command
from flights_data import flights_files
from pairs import (
    BenchmarkError,
    Command,
    Options,
    Ratio,
    cost_of,
    headrace,
    note,
    pairs,
    ratio,
    run,
    scratch,
)

LIMIT = 0.5
PIPELINE = "flight_delays"
STAGES = ("ingest", "validate", "transform", "split", "train", "evaluate", "gate", "register")

#: A stage of the DVC project: it makes its output of all that it reads and of its parameter.
STEP = dedent(
    """\
    import sys
    from hashlib import sha256
    from pathlib import Path

    name, parameter, output, *inputs = sys.argv[1:]
    content = b"".join(Path(file).read_bytes() for file in inputs)
    Path(output).parent.mkdir(exist_ok=True)
    Path(output).write_bytes(sha256(f"{name} {parameter}".encode() + content).digest() * 50_000)
    """
)


def measure(asked: Options) -> Sequence[Ratio]:
    """One row: the wall time of both, after each has done its work once and has been seen to find nothing to do."""
    dvc = dvc_command(asked.dvc)
    with scratch() as folder:
        home, project = folder / "home", folder / "dvc"
        note("running both for the first time")
        cost_of(headrace(["run", PIPELINE], home))
        make_dvc_project(dvc, project)
        again, repro = headrace(["run", PIPELINE], home), Command((dvc, "repro"), project, {})
        _check_idle(home, repro)
        counted = pairs(lambda _: again, lambda _: repro, asked.pairs)
        _check_idle(home, repro)
    what = "headrace run flight_delays again, nothing changed"
    return [ratio(what, "dvc repro, nothing changed, 8 stages", counted, lambda cost: cost.wall, LIMIT)]


def _check_idle(home: Path, repro: Command) -> None:
    """BenchmarkError if one of the two finds work: then it is not this that is measured."""
    found = json.loads(cost_of(headrace(["run", PIPELINE, "--json"], home)).output)
    ran = [stage["name"] for stage in found["stages"] if stage["status"] != "reused"]
    if ran or len(found["stages"]) < len(STAGES):
        raise BenchmarkError(f"headrace reused not all of at least {len(STAGES)} stages: {found['stages']}")
    said = cost_of(repro).output
    if "up to date" not in said or "Running stage" in said:
        raise BenchmarkError(f"dvc repro found work to do:\n{said}")


def make_dvc_project(dvc: str, folder: Path) -> None:
    """A git repository with data, stages and parameters, reproduced once and committed."""
    (folder / "data").mkdir(parents=True)
    for file in flights_files().values():
        shutil.copyfile(file, folder / "data" / file.name)
    (folder / "step.py").write_text(STEP)
    (folder / "params.yaml").write_text(_yaml({stage: {"parameter": 1} for stage in STAGES}))
    (folder / "dvc.yaml").write_text(_yaml({"stages": _dvc_stages()}))
    git = ("git", "-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost")
    for words in (
        ("git", "init", "--quiet"),
        (dvc, "init", "--quiet"),
        (dvc, "config", "core.analytics", "false"),
        (dvc, "config", "core.check_update", "false"),
        (dvc, "repro", "--quiet"),
        ("git", "add", "--all"),
        (*git, "commit", "--quiet", "--message", "A pipeline of eight stages"),
    ):
        cost_of(Command(words, folder, {}))


def _dvc_stages() -> dict[str, object]:
    stages: dict[str, object] = {}
    inputs = [f"data/{file.name}" for file in flights_files().values()]
    for stage in STAGES:
        output = f"out/{stage}.bin"
        words = [Path(sys.executable).as_posix(), "step.py", stage, f"${{{stage}.parameter}}", output, *inputs]
        stages[stage] = {
            "cmd": " ".join(words),
            "deps": ["step.py", *inputs],
            "params": [f"{stage}.parameter"],
            "outs": [output],
        }
        inputs = [output]
    return stages


def _yaml(document: object) -> str:
    """JSON, which is YAML too."""
    return json.dumps(document, indent=2)


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, count=15))
