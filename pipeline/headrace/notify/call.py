"""`python -m headrace.notify.call NAME`: calls a function of the project's with the notice that stdin has as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib import import_module
from inspect import isfunction
from typing import Any

from headrace.notify.notice import Notice


def main() -> None:
    """Read the notice, find the function and call it; what goes wrong is a traceback and an exit code."""
    document = json.load(sys.stdin)
    del document["text"]
    found_function(sys.argv[1])(Notice(**document))


def found_function(name: str) -> Callable[[Notice], Any]:
    """The function that an import path names.

    ValueError unless it is one that was written in that package: what a package has merely imported is not its own.
    """
    module_name, _, function_name = name.rpartition(".")
    found = getattr(import_module(module_name), function_name, None)
    root = name.partition(".")[0]
    if not isfunction(found) or found.__module__.partition(".")[0] != root:
        raise ValueError(f"{name} is not a function of {root}")
    return found


if __name__ == "__main__":
    main()
