"""The memory of a process that Airflow has forked to read one DAG file."""

from __future__ import annotations

import gc


def spare_the_heap() -> None:
    """Keep the garbage collector away from what the process came with, once.

    Airflow forks a process from a large one for each file: looking through a hundred megabytes of its objects, and
    copying their pages on the way, takes three times as long as building and storing a DAG.
    """
    if not gc.get_freeze_count():
        gc.freeze()
