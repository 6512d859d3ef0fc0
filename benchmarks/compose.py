"""100 new pipelines: compiled whole, with what is checked and written, against composed alone by plain Hydra.

Plain Hydra is one process that initialises once and calls `hydra.compose` for each. Both are timed inside their
process: without the start of Python, but with every import that the work needs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent

from many_pipelines import make_project
from pairs import Command, Cost, Maker, Options, Ratio, pairs, ratio, run

LIMIT = 0.5
COUNT = 100

_OURS = dedent(
    """\
    import sys, time
    from pathlib import Path
    from headrace.project import Project

    root, workers = Path(sys.argv[1]), int(sys.argv[2])
    started = time.perf_counter()
    from headrace.plan.loading import Request, load_all

    project = Project(root, root / "home")
    results = load_all(project, [Request(name) for name in project.pipelines()], workers=workers or None)
    assert all(result.plan for result in results), results
    print((time.perf_counter() - started) / len(results))
    """
)
_HYDRA = dedent(
    """\
    import sys, time
    from pathlib import Path

    root = Path(sys.argv[1])
    started = time.perf_counter()
    from hydra import compose, initialize_config_dir

    names = sorted(path.stem for path in (root / "conf" / "pipeline").glob("*.yaml"))
    with initialize_config_dir(str(root / "conf"), version_base="1.3"):
        for name in names:
            compose("config", [f"pipeline={name}"])
    print((time.perf_counter() - started) / len(names))
    """
)


def measure(asked: Options) -> Sequence[Ratio]:
    """Two rows: seconds a pipeline, in one process and in as many as there are processors."""
    rows = []
    for workers, how in ((1, "one process"), (0, "a process for each processor")):
        counted = pairs(_command(_OURS, str(workers)), _command(_HYDRA), asked.pairs)
        what = f"a new pipeline of {COUNT}, compiled in {how}"
        rows.append(ratio(what, "composed by plain Hydra", counted, _each, LIMIT))
    return rows


def _command(code: str, *words: str) -> Maker:
    def made(folder: Path) -> Command:
        make_project(folder, COUNT)
        return Command((sys.executable, "-c", code, str(folder), *words), folder, {})

    return made


def _each(cost: Cost) -> float:
    """Seconds a pipeline, as the process said."""
    return float(cost.output)


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, count=5))
