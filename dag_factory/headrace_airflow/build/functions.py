"""Import path of a project's function -> one of Airflow's decorated functions."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from airflow.sdk import task

from headrace.operators.functions import SOURCE, Function, functions, module_file


def find_function(path: str, root: Path) -> Function:
    """What the source says of the function, which is not imported. ImportError if it is not there."""
    module, _, name = path.rpartition(".")
    file = module_file(root, module)
    found = functions(file).get(name) if file else None
    if found is None:
        raise ImportError(f"the project's {SOURCE}/ has no {path}")
    return found


def decorated(path: str, root: Path) -> Any:
    """The function as Airflow takes it. One that is decorated is imported now, a plain one when its task runs."""
    if not find_function(path, root).is_task:
        return task(_later(path, root))
    found = _imported(path, root)
    if not hasattr(found, "operator_class"):
        raise TypeError(f"{path} is decorated, and yet no task of Airflow's")
    return found


def _later(path: str, root: Path) -> Callable[..., Any]:
    def call(**told: Any) -> Any:
        function = _imported(path, root)
        parameters = inspect.signature(function).parameters
        takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
        result = function(**(told if takes_any else {name: told[name] for name in parameters if name in told}))
        return asyncio.run(result) if inspect.iscoroutine(result) else result

    call.__name__ = path.rpartition(".")[2]
    return call


def _imported(path: str, root: Path) -> Any:
    """The function itself.

    TypeError if a module of that name from elsewhere takes the place of the project's; ImportError for one that ends
    the process which imports it.
    """
    folder = (root / SOURCE).resolve()
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    module_name, _, name = path.rpartition(".")
    try:
        module = import_module(module_name)
    except SystemExit as error:
        raise ImportError(f"{module_name} calls sys.exit({error.code!r}) when it is imported") from error
    if not Path(module.__file__ or "/").resolve().is_relative_to(folder):
        raise TypeError(f"{module_name} is {module.__file__}, and not the module of the project's {SOURCE}/")
    return getattr(module, name)
