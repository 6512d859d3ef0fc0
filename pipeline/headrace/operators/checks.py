"""Added tasks of a plan -> what is wrong with them, where it was written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from headrace.config.excerpt import excerpt
from headrace.config.nearest import suggestion
from headrace.errors import Diagnostic, Place
from headrace.operators import index
from headrace.operators.allowed import path_problems
from headrace.operators.arguments import argument_problems, value_problems
from headrace.operators.branches import branch_problems
from headrace.operators.context import CONTEXT
from headrace.operators.functions import Function, Signature, functions, module_file, packages
from headrace.operators.order import order_problems
from headrace.operators.outlets import outlet_problems
from headrace.operators.presence import present
from headrace.operators.problem import Problem
from headrace.operators.references import given, references, waits_for
from headrace.operators.tries import tries_problems
from headrace.plan.model import Plan


def task_diagnostics(plan: Plan, root: Path) -> list[Diagnostic]:
    """What can be seen without Airflow: names, order, values, and the project's own functions."""
    tasks: Mapping[str, Any] = plan.spec["tasks"]
    problems = [*_order_problems(plan)] if tasks else []
    for name, task in tasks.items():
        problems += value_problems(f"tasks.{name}", task)
        problems += outlet_problems(f"tasks.{name}", task, plan.pipeline)
        if not task["expand"] and f"tasks.{name}.expand" in plan.places:  # a plan has the key in any case
            remedy = "write an argument and its values, or delete it"
            problems.append(Problem("HR364", "`expand` names no argument", f"tasks.{name}.expand", remedy))
        if task["operator"]:
            problems += tries_problems(f"tasks.{name}", task)
            problems += path_problems(f"tasks.{name}.operator", task["operator"], _roots(plan, root))
        else:
            problems += _function_problems(f"tasks.{name}", task, root)
    return [*_placed(plan, problems, root)]


def _order_problems(plan: Plan) -> Iterator[Problem]:
    tasks, stages = plan.spec["tasks"], [stage.name for stage in plan.stages]
    here = present(tasks, stages)
    for name, task in tasks.items():
        if name not in here:
            lacking = [other for other in (*waits_for(task), *task["before"]) if other not in {*stages, *here}]
            message = f"the task {name} is left out: there is no {' and no '.join(lacking)} here"
            remedy = f"the stages are {', '.join(stages)}"
            yield Problem("HR365", message, f"tasks.{name}", remedy, "warning")
    yield from order_problems(plan, here)


def operator_diagnostics(plan: Plan, root: Path, cache: Path) -> list[Diagnostic]:
    """What Airflow knows: whether the operators are there, and whether they take what they are told.

    They are looked up on first use, in a process of its own, and kept in `cache`. HeadraceError if that fails.
    """
    tasks = _with_operator(plan)
    if not tasks:
        return []
    if not index.has_airflow():
        message = "the arguments of operators are not checked: Airflow is not installed here"
        problem = Problem("HR350", message, "tasks", "install headrace[airflow] where you lint", "warning")
        return [*_placed(plan, [problem], root)]
    found = index.look_up(cache, _operators(plan), root)
    problems: list[Problem] = []
    for name, task in tasks.items():
        operator = found[task["operator"]]
        problems += _operator_problems(f"tasks.{name}", task, operator, packages(root))
        problems += branch_problems(plan, name, operator.signature)
    return [*_placed(plan, problems, root)]


def look_up_operators(plans: Iterable[Plan], root: Path, cache: Path) -> None:
    """Look up what these plans name, all of it at once. HeadraceError if that fails."""
    names = [name for plan in plans for name in _operators(plan)]
    if names and index.has_airflow():
        index.look_up(cache, names, root)


def are_checked(plan: Plan, cache: Path) -> bool:
    """Whether all that the plan names is known, so that checking it costs nothing."""
    names = _operators(plan)
    return not names or not index.has_airflow() or len(index.known(cache, names)) == len(names)


def sources(plan: Plan, root: Path) -> Iterator[Path]:
    """The project's own files that decide what is found."""
    for task in plan.spec["tasks"].values():
        module = (task["function"] or task["operator"]).rpartition(".")[0]
        if module.partition(".")[0] in packages(root):
            yield module_file(root, module) or (root / "src").joinpath(*module.split(".")).with_suffix(".py")


def distributions(plan: Plan) -> tuple[str, ...]:
    """The distributions that decide what is found, as far as their names follow from those of modules."""
    paths = [task["operator"].split(".") for task in plan.spec["tasks"].values() if task["operator"]]
    providers = {
        f"apache-airflow-providers-{'-'.join(path[2:-3] or path[2:3])}" for path in paths if "providers" in path
    }
    return tuple(sorted({*providers, *(path[0] for path in paths if path[0] != "airflow"), *_AIRFLOW})) if paths else ()


_AIRFLOW = ("apache-airflow-core", "apache-airflow-task-sdk", "apache-airflow-providers-standard")


def _with_operator(plan: Plan) -> dict[str, Mapping[str, Any]]:
    return {name: task for name, task in plan.spec["tasks"].items() if task["operator"]}


def _operators(plan: Plan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(task["operator"] for task in _with_operator(plan).values()))


def _roots(plan: Plan, root: Path) -> tuple[str, ...]:
    return (*plan.spec["operator_packages"], *packages(root))


def _operator_problems(
    key: str, task: Mapping[str, Any], operator: index.Operator, own: Collection[str]
) -> Iterator[Problem]:
    path = task["operator"]
    if operator.problem:
        yield Problem("HR352", operator.problem, f"{key}.operator", _instead(path, operator, own))
        return
    what = path.rpartition(".")[2]
    yield from argument_problems(key, what, task, operator.signature, operator.shared)
    for place, used in references(given(task)):
        argument = place.split(".")[1]
        if place.startswith("args.") and argument not in operator.template_fields:
            message = (
                f"`{argument}` of {what} is fixed before a run begins, so it cannot be {{{used.kind}: {used.name}}}"
            )
            remedy = f"these are filled in when the task runs: {', '.join(operator.template_fields) or 'none'}"
            yield Problem("HR360", message, f"{key}.{place}", remedy)


def _instead(path: str, operator: index.Operator, own: Collection[str]) -> str:
    """What to write where there is no operator; `own` are the project's own packages."""
    if operator.there == "function" and path.partition(".")[0] in own:
        return f"write `function: {path}` instead"
    if operator.there:
        return f"choose an operator or a sensor; {suggestion('', operator.near)}".removesuffix("; ")
    remedy = suggestion(operator.asked.rpartition(".")[2], operator.near)
    is_own = path.partition(".")[0] in own
    return operator.remedy or remedy or ("mend it in `src/`" if is_own else "install the package that has it")


def _function_problems(key: str, task: Mapping[str, Any], root: Path) -> Iterator[Problem]:
    module, _, name = task["function"].rpartition(".")
    file = module_file(root, module)
    if file is None:
        message = f"there is no module {module} in the project's src/"
        remedy = (
            suggestion(module.partition(".")[0], packages(root)) or f"write it into src/{module.replace('.', '/')}.py"
        )
        yield Problem("HR353", message, f"{key}.function", remedy)
        return
    try:
        found: Mapping[str, Function] = functions(file)
    except SyntaxError as error:
        message = f"{file.name}:{error.lineno} is not Python: {error.msg}"
        yield Problem("HR353", message, f"{key}.function", "mend the file")
        return
    if name not in found or name.startswith("_"):
        message = f"{module} has no function `{name}`" if name not in found else f"`{name}` is private to {module}"
        public = [other for other in found if not other.startswith("_")]
        yield Problem("HR353", message, f"{key}.function", suggestion(name, public))
        return
    if not found[name].is_task:
        yield from tries_problems(key, task)
    written = found[name].signature
    told = {each: parameter for each, parameter in written.parameters.items() if each not in CONTEXT}
    yield from argument_problems(key, f"{name}()", task, Signature(told, written.takes_any), CONTEXT)


def _placed(plan: Plan, problems: Iterable[Problem], root: Path) -> Iterator[Diagnostic]:
    for problem in problems:
        place = plan.place_of(problem.key)
        shown = excerpt(_text(root, place), place)
        yield Diagnostic(
            problem.code, problem.message, place, problem.remedy, problem.severity, plan.pipeline, excerpt=shown
        )


def _text(root: Path, place: Place | None) -> str:
    try:
        return (root / place.file).read_text(encoding="utf-8-sig") if place and place.line else ""
    except (OSError, ValueError):
        return ""
