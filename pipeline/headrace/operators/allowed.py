"""Which code `tasks` may name."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from headrace.operators.problem import Problem

#: Where operators may come from without being opted in.
ROOTS = ("airflow.providers.standard", "airflow.sdk")
#: Operators that hand text to a shell.
_SHELLS = ("airflow.providers.standard.operators.bash", "airflow.providers.standard.sensors.bash")


def path_problems(key: str, path: str, roots: Collection[str]) -> Iterator[Problem]:
    """Why an operator at this import path may not be named; `roots` are allowed besides `ROOTS`."""
    parts = path.split(".")
    private = next((part for part in parts if part.startswith("_")), None)
    if private:
        yield Problem("HR351", f"`{private}` is a private part of a library", key, "name a public operator")
    elif _is_below(path, _SHELLS):
        remedy = "write a `function` of the project's `src/`, which may call what it needs with its own words"
        yield Problem("HR351", f"{parts[-1]} hands text to a shell, and no value from YAML reaches one", key, remedy)
    elif not _is_below(path, (*ROOTS, *roots)):
        remedy = f"these are {', '.join((*ROOTS, *roots))}; add a package to `operator_packages` in conf/config.yaml"
        yield Problem("HR351", f"`{path}` is in none of the packages that operators may come from", key, remedy)


def _is_below(path: str, roots: Collection[str]) -> bool:
    return any(path.startswith(f"{root}.") for root in roots)
