"""Compiles many pipelines at once, in processes that begin with everything imported."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from headrace.plan.cache import Compiled, Request
from headrace.plan.compile import compile_pipeline
from headrace.project import Project

#: Fewer than these are sooner compiled one after another than a pool of processes is started, fed and ended.
WORTH_A_POOL = 12
#: How many a process takes at a time: neighbours share option files.
_CHUNK = 4


def compile_all(project: Project, wanted: Sequence[Request], workers: int | None = None) -> list[Compiled]:
    """Every one compiled anew, in order."""
    tasks = [(project, each.name, each.overrides) for each in wanted]
    count = min(workers or _processors(), len(tasks) // _CHUNK)
    if count < 2 or len(tasks) < WORTH_A_POOL or not _may_fork():
        return [_compile(task) for task in tasks]
    first = _compile(tasks[0])  # what every pipeline needs is then read and imported before the processes part
    try:
        with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("fork")) as pool:
            return [first, *pool.map(_compile, tasks[1:], chunksize=_CHUNK)]
    except (BrokenProcessPool, OSError):  # no processes to be had, or one was killed: slower, then
        return [first, *_one_by_one(tasks[1:])]


def _one_by_one(tasks: Iterable[tuple[Project, str, tuple[str, ...]]]) -> list[Compiled]:
    return [_compile(task) for task in tasks]


def _compile(task: tuple[Project, str, tuple[str, ...]]) -> Compiled:
    project, name, overrides = task
    return compile_pipeline(project, name, overrides)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _may_fork() -> bool:
    """A copy of a process has only the thread that made it: locks that others held would stay locked in it."""
    return sys.platform == "linux" and threading.active_count() == 1
