"""Compiles pipelines and keeps their DAG specifications: the work of a process of its own, for Hydra is heavy.

Run as `python -m headrace_airflow.spec.compiling SECONDS NAME…`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from headrace.errors import Diagnostic, HeadraceError
from headrace.plan.cache import Compiled, compiled, forget_gone
from headrace.plan.fingerprint import Look
from headrace.plan.loading import Request, load_all
from headrace.project import Project, find_project
from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.spec.job import compiling
from headrace_airflow.spec.kept import KeptSpec, keep, maker, read_kept
from headrace_airflow.spec.model import to_json

#: So many are compiled, and kept, at a time: what was done is not lost when time runs out.
_BATCH = 60


def main(words: Sequence[str]) -> int:
    """Compile within so many seconds, and leave word of it if that does not work out."""
    limit, names = int(words[0]), list(words[1:])
    project = find_project()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} compiling {len(names)} pipelines", flush=True)
    with compiling(project).told(limit):
        compile_specs(project, names)
    return 0


def compile_specs(project: Project, names: Sequence[str]) -> None:
    """Compile what changed of these pipelines, and keep the specification of each that has not its own yet."""
    forget_gone(project, project.pipelines())
    for first in range(0, len(names), _BATCH):
        batch = names[first : first + _BATCH]
        load_all(project, [Request(name) for name in batch])
        look = Look()
        for result in _current(project, batch, look):
            kept = read_kept(project, result.name)
            if kept is None or not kept.is_current(look):
                keep(project, spec_of(result))


def _current(project: Project, names: Sequence[str], look: Look) -> Iterator[Compiled]:
    """Read again: that is what brings the facts of what they were made of."""
    for name in names:
        result = compiled(project, name, look=look)
        if result is not None:
            yield result


def spec_of(result: Compiled) -> KeptSpec:
    """The specification of a compiled pipeline, or what keeps it from having one."""
    kept = KeptSpec(result.name, None, result.diagnostics, result.made_of, maker())
    if result.plan is None:
        return kept
    try:
        return kept._replace(document=to_json(dag_spec(result.plan)))
    except HeadraceError as error:
        return kept._replace(diagnostics=error.diagnostics)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with one, the others are compiled
        message = f"no DAG can be made of this pipeline: {type(error).__name__}: {error}"
        return kept._replace(diagnostics=(Diagnostic("HR144", message, result.plan.place_of("name")),))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
