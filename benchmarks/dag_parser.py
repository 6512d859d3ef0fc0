"""Parses DAG files as Airflow's DAG processor does, each in a forked process, serialisation included: one mode a run.

Words: the folder of the files. Prints seconds of processor time, the largest process, and how many DAGs there were.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path


def main() -> None:
    """Parse every file of the folder, one after another."""
    os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "CRITICAL"
    import structlog
    from airflow.dag_processing import processor

    folder = Path(sys.argv[1])
    log = structlog.get_logger()
    dags, slowest, started = 0, 0.0, time.perf_counter()
    for file in sorted(folder.glob("*.py")):
        begun = time.perf_counter()
        processor._pre_import_airflow_modules(str(file), log)  # noqa: SLF001 - what the processor itself does
        dags += _in_a_fork(file, folder)
        slowest = max(slowest, time.perf_counter() - begun)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    document = {
        "seconds": used.ru_utime + used.ru_stime,
        "wall": time.perf_counter() - started,
        "slowest": slowest,
        "peak": used.ru_maxrss,
        "dags": dags,
    }
    print("\n" + json.dumps(document))


def _in_a_fork(file: Path, folder: Path) -> int:
    """Parse one file in a child; how many DAGs it had."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(_parsed(file, folder)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return int(said or 0)


def _parsed(file: Path, folder: Path) -> int:
    import structlog
    from airflow.dag_processing import processor

    request = processor.DagFileParseRequest(file=str(file), bundle_path=folder, bundle_name="dags-folder")
    result = processor._parse_file(request, structlog.get_logger())  # noqa: SLF001 - what the processor itself runs
    return len(result.serialized_dags) if result and not result.import_errors else 0


if __name__ == "__main__":
    main()
