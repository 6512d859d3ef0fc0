"""Compiles pipelines and keeps their DAG specifications: the work of a process of its own, for Hydra is heavy.

Run as `python -m headrace_airflow.spec.compiling SECONDS NAME…`.
"""

from __future__ import annotations

import faulthandler
import signal
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from headrace.errors import Diagnostic, HeadraceError
from headrace.plan.cache import Compiled, compiled, forget_gone
from headrace.plan.fingerprint import Look
from headrace.plan.loading import Request, load_all
from headrace.project import Project, find_project
from headrace_airflow.spec import attempt
from headrace_airflow.spec.dag import dag_spec
from headrace_airflow.spec.kept import KeptSpec, keep, maker, read_kept
from headrace_airflow.spec.model import to_json

#: So many are compiled, and kept, at a time: what was done is not lost when time runs out.
_BATCH = 60


def main(words: Sequence[str]) -> int:
    """Compile within so many seconds, and leave word of it if that does not work out."""
    limit, names = int(words[0]), list(words[1:])
    project = find_project()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} compiling {len(names)} pipelines", flush=True)
    signal.signal(signal.SIGALRM, _out_of_time)
    signal.alarm(limit)
    faulthandler.dump_traceback_later(limit + 30, exit=True)  # for what hears no signal
    try:
        compile_specs(project, names)
    except TimeoutError:
        attempt.failed(project, f"the pipelines could not all be compiled within {limit} s")
    except BaseException as error:
        attempt.failed(project, f"compiling failed: {type(error).__name__}: {error}")
        raise
    else:
        attempt.succeeded(project)
    finally:
        signal.alarm(0)
        faulthandler.cancel_dump_traceback_later()
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


def _out_of_time(number: int, frame: object) -> None:
    del number, frame
    raise TimeoutError


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
