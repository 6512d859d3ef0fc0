"""The process of the command: how it begins and ends."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn

from headrace.cli import main

#: Objects made until the collector looks for cycles. By default 700: thousands of plans are then gone through hundreds
#: of times while they are read, and there is no garbage among them.
_ALLOCATIONS = 50_000


def command() -> NoReturn:
    """Run the command and end the process, without taking the interpreter apart.

    That would cost large libraries up to a tenth of a second, and DuckDB's bindings then print thirty lines about
    what they still find: noise below a refusal or an error.
    """
    gc.set_threshold(_ALLOCATIONS)
    code = main()
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()  # noqa: SLF001 - nothing public runs them
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # the reader has gone
            stream.flush()
    os._exit(code)
