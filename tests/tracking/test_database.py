"""The local database: made once, whole, by whoever comes first."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

from headrace.tracking import Settings, prepare, tracking_settings
from headrace.tracking.connection import connected
from headrace.tracking.database import fingerprint
from registered import fresh_settings


def settings_in(folder: Path) -> Settings:
    return tracking_settings({"pipeline": "late"}, folder, {})


def preparing(folder: Path) -> subprocess.Popen[bytes]:
    """Another process that prepares, and says the name of the experiment that it finds then."""
    code = (
        "import sys; from pathlib import Path\n"
        "from headrace.tracking import prepare, tracking_settings\n"
        "from headrace.tracking.connection import connected\n"
        "settings = tracking_settings({'pipeline': 'late'}, Path(sys.argv[1]), {})\n"
        "prepare(settings)\n"
        "with connected(settings) as client: print(client.get_experiment('0').name)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, env=environment)


def test_several_processes_at_once_make_one_database(tmp_path: Path) -> None:
    workers = [preparing(tmp_path) for _ in range(2)]

    assert [worker.communicate(timeout=60)[0] for worker in workers] == [b"Default\n"] * 2
    assert sorted(path.name for path in tmp_path.iterdir()) == [".mlflow.db.lock", "mlflow.db"]


def test_a_killed_process_leaves_no_half_of_a_database(tmp_path: Path) -> None:
    worker = preparing(tmp_path)
    while not list(tmp_path.glob(".mlflow.db.*[0-9a-f]")):
        assert worker.poll() is None
        time.sleep(0.002)
    worker.kill()
    worker.communicate(timeout=30)

    assert not (tmp_path / "mlflow.db").exists()
    prepare(settings_in(tmp_path))
    with connected(settings_in(tmp_path)) as client:
        assert client.get_experiment("0").name == "Default"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".mlflow.db.lock", "mlflow.db"]


def test_it_can_be_prepared_in_a_thread(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "with space # and %")
    worker = threading.Thread(target=prepare, args=(settings,))
    worker.start()
    worker.join(60)

    with connected(settings) as client:
        assert client.search_registered_models() == []


def test_a_database_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    settings = fresh_settings(tmp_path)
    before = fingerprint(settings.home / "mlflow.db")

    prepare(settings)

    assert fingerprint(settings.home / "mlflow.db") == before


def test_every_write_changes_the_fingerprint_even_within_one_tick_of_the_clock(tmp_path: Path) -> None:
    file = tmp_path / "some.db"
    assert fingerprint(file) is None
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE t (x)")
    database.close()
    seen = []
    for value in range(3):
        database = sqlite3.connect(file)
        with database:
            database.execute("INSERT INTO t VALUES (?)", (value,))
        database.close()
        os.utime(file, ns=(1, 1))
        seen.append(fingerprint(file))

    assert len({str(marks) for marks in seen}) == 3


def test_reading_does_not_change_the_fingerprint(tmp_path: Path) -> None:
    settings = fresh_settings(tmp_path)
    before = fingerprint(settings.home / "mlflow.db")

    with connected(settings) as client:
        client.search_experiments()

    assert fingerprint(settings.home / "mlflow.db") == before
