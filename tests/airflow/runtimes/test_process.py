"""A stage's process: real ones, of Python."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from headrace_airflow.runtimes.process import AbandonedError, Ended, StageCommand, StageProcess


def run(folder: Path, code: str, *words: str, hidden: tuple[str, ...] = ()) -> tuple[Ended, list[str]]:
    lines: list[str] = []
    command = StageCommand((sys.executable, "-c", code, *words), dict(os.environ), folder, hidden)
    return StageProcess(command, lines.append).run(), lines


def is_gone(process: int, within: float = 5.0) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":  # ended; whoever inherited it has not asked yet
            return True
        time.sleep(0.05)
    return False


def test_output_is_passed_on_and_the_last_json_line_is_the_document(tmp_path: Path) -> None:
    code = "import sys; print('one'); print('two', file=sys.stderr); print('three'); print('{\"stage\": \"train\"}')"

    ended, lines = run(tmp_path, code)

    assert ended.code == 0
    assert ended.document == {"stage": "train"}
    assert sorted(lines) == ["one", "three", "two"]
    assert lines.index("one") < lines.index("three")


@pytest.mark.parametrize("last", ["'the end'", "'[1, 2]'", "'{broken'", "'7'"])
def test_a_last_line_that_is_no_document_is_output(tmp_path: Path, last: str) -> None:
    ended, lines = run(tmp_path, f"print({last})")

    assert ended.document == {}
    assert lines == [last.strip("'")]


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_output_comes_while_the_stage_is_at_work(tmp_path: Path, stream: str) -> None:
    code = (
        "import pathlib, sys, time\n"
        f"print('begun', file=sys.{stream}, flush=True)\n"
        "while not pathlib.Path('seen').exists(): time.sleep(.01)"
    )
    command = StageCommand((sys.executable, "-c", code), dict(os.environ), tmp_path)

    ended = StageProcess(command, lambda line: (tmp_path / "seen").touch()).run()

    assert ended.code == 0


HOSTILE = ["{{ var.value.x }}", "$(id)", "; rm -rf /", "a'b\"c", "two\nlines", "tail.sh", "--debug", "*", "ünïcode 🙂"]


def test_words_reach_the_stage_as_they_are(tmp_path: Path) -> None:
    ended, _ = run(tmp_path, "import json, sys; print(json.dumps({'words': sys.argv[1:]}))", *HOSTILE)

    assert ended.document == {"words": HOSTILE}


def test_secrets_are_taken_out_of_the_output_and_the_document(tmp_path: Path) -> None:
    code = "import sys; print('key=s3cret', file=sys.stderr); print('{\"facts\": \"s3cret\"}')"

    ended, lines = run(tmp_path, code, hidden=("s3cret",))

    assert lines == ["key=***"]
    assert ended.document == {"facts": "***"}


def test_exit_codes_and_signals_are_told_apart(tmp_path: Path) -> None:
    assert run(tmp_path, "import sys; sys.exit(65)")[0].code == 65
    assert run(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")[0].code == -signal.SIGKILL


def test_diagnostics_are_read_with_their_place(tmp_path: Path) -> None:
    entry = {"file": "conf/a.yaml", "line": 3, "column": 5, "code": "HR305", "message": "no rows", "remedy": "wait"}

    ended, _ = run(tmp_path, f"print({json.dumps(json.dumps({'diagnostics': [entry]}))})")

    (diagnostic,) = ended.diagnostics
    assert str(diagnostic) == "conf/a.yaml:3:5: error HR305: no rows\n  remedy: wait"


def test_odd_bytes_long_lines_and_progress_bars_are_bearable(tmp_path: Path) -> None:
    code = (
        "import sys; out = sys.stderr.buffer\n"
        "out.write(b'\\xff\\xfe\\n'); out.write(b'10%\\r50%\\r100%\\r\\n')\n"
        "out.write(b'x' * 100_000 + b'\\n'); out.write(b'end')"
    )

    ended, lines = run(tmp_path, code)

    assert lines[0] == "\ufffd\ufffd"
    assert lines[1] == "100%"
    assert "".join(lines[2:-1]) == "x" * 100_000
    assert lines[-1] == "end"
    assert len(ended.last_lines) <= 20


def test_a_long_document_arrives_whole(tmp_path: Path) -> None:
    ended, _ = run(tmp_path, "import json; print(json.dumps({'facts': 'x' * 300_000}))")

    assert len(ended.document["facts"]) == 300_000


def test_a_grandchild_that_holds_the_pipes_open_is_not_waited_for_and_not_left_behind(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print('{\"child\": %d}' % child.pid)"
    )
    start = time.monotonic()

    ended, _ = run(tmp_path, code)

    assert time.monotonic() - start < 20
    assert is_gone(ended.document["child"])


STUBBORN = (
    "import signal, subprocess, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "print(child.pid, file=sys.stderr, flush=True)\n"
    "time.sleep(60)"
)


def test_stopping_ends_the_whole_group_even_if_it_will_not(tmp_path: Path) -> None:
    lines: list[str] = []
    process = StageProcess(StageCommand((sys.executable, "-c", STUBBORN), dict(os.environ), tmp_path), lines.append)
    thread = threading.Thread(target=process.run)
    thread.start()
    while not lines:
        time.sleep(0.05)
    start = time.monotonic()

    process.stop()

    thread.join(10)
    assert not thread.is_alive()
    assert time.monotonic() - start < 5  # Airflow kills the task itself after five seconds
    assert is_gone(int(lines[0]))


def test_an_exception_from_a_signal_handler_leaves_nothing_behind(tmp_path: Path) -> None:
    """Airflow's time limit is an alarm whose handler raises."""

    class TimeLimitError(Exception):
        pass

    def late(number: int, frame: object) -> None:
        raise TimeLimitError

    code = "import os, pathlib, time; pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(60)"
    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, 1.0)
    try:
        with pytest.raises(TimeLimitError):
            run(tmp_path, code)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert is_gone(int((tmp_path / "pid").read_text()))


def test_an_interpreter_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        StageProcess(StageCommand(("/no/such/python",), {}, tmp_path), print).run()


ORPHANED = """\
import os, sys
from pathlib import Path
from headrace_airflow.runtimes.process import StageCommand, StageProcess

stage = (
    "import os, subprocess, sys, time\\n"
    "from headrace.cli.lifeline import hold_lifeline\\n"
    "hold_lifeline()\\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\\n"
    "print(os.getpid(), child.pid, file=sys.stderr, flush=True)\\n"
    "time.sleep(60)"
)
command = StageCommand((sys.executable, "-c", stage), dict(os.environ), Path())
StageProcess(command, lambda line: print(line, flush=True)).run()
"""


def test_a_stage_ends_with_a_task_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ORPHANED], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as task:
        assert task.stdout
        pids = [int(word) for word in task.stdout.readline().split()]
        assert len(pids) == 2

        task.kill()

    assert [is_gone(pid) for pid in pids] == [True, True]


def test_a_task_that_nobody_supervises_any_more_ends_its_stage(tmp_path: Path) -> None:
    code = "import os, pathlib, time; pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(60)"
    command = StageCommand((sys.executable, "-c", code), dict(os.environ), tmp_path)

    with pytest.raises(AbandonedError):
        StageProcess(command, print, (tmp_path / "pid").exists).run()

    assert is_gone(int((tmp_path / "pid").read_text()))
