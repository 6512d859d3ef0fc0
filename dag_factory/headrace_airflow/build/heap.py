"""The memory of a process that Airflow has forked to read one DAG file."""

from __future__ import annotations

import gc
from functools import cache


@cache  # asking the collector whether it was done would cost as much as a DAG
def spare_the_heap() -> None:
    """Keep the garbage collector away from what the process came with, once.

    Airflow forks a process from a large one for each file: looking through a hundred megabytes of its objects, and
    copying their pages on the way, takes three times as long as building and storing a DAG.
    """
    gc.freeze()
