"""Pipelines that wait for each other's models and tables: that what they wait for comes, and in no circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from headrace.config.nearest import suggestion
from headrace.errors import Diagnostic, Place
from headrace.plan.cache import Compiled
from headrace.plan.loading import Request, load_all
from headrace.plan.model import Plan
from headrace.project import Project
from headrace.schedule.assets import Product, awaited


def with_awaited(project: Project, results: Sequence[Compiled]) -> list[Compiled]:
    """These pipelines first, then all that they wait for, and that those wait for.

    Where one waits for a pipeline that there is not, all of the project: whose name may be meant is told from them.
    """
    known = project.pipelines()
    found = {result.name: result for result in results}
    while missing := _missing(found):
        wanted = missing if all(name in known for name in missing) else known
        found.update((made.name, made) for made in load_all(project, [Request(each) for each in wanted]))
        if wanted is known:
            break
    return [*found.values()]


def _missing(found: Mapping[str, Compiled]) -> list[str]:
    plans = [result.plan for result in found.values() if result.plan is not None]
    return [name for name in dict.fromkeys(other for plan in plans for _, other in _awaited(plan)) if name not in found]


def wait_for_what_comes(project: Project, results: Sequence[Compiled]) -> Iterator[Diagnostic]:
    """A pipeline that is awaited exists, makes what is awaited, and has the partitions that are awaited."""
    del project
    plans = {result.name: result.plan for result in results}
    for plan in filter(None, plans.values()):
        for index, (product, name) in enumerate(_awaited(plan)):
            place = _place(plan, index, product)
            if name not in plans:
                message = f"there is no pipeline `{name}` to wait for"
                remedy = _meant(name, plan, plans)
                yield Diagnostic("HR306", message, place, remedy, pipeline=plan.pipeline)
            elif (other := plans[name]) is not None and (found := _never(plan, other, product)):
                yield Diagnostic("HR308", found[0], place, found[1], pipeline=plan.pipeline)


def _meant(name: str, waiting: Plan, plans: Mapping[str, Plan | None]) -> str:
    """Which pipeline may be meant: those that read the dataset of this name, or the one with the nearest name."""
    option = f"conf/dataset/{name}.yaml"
    readers = [
        other
        for other, plan in plans.items()
        if plan is not None and other != waiting.pipeline and any(at.file == option for at in plan.places.values())
    ]
    if readers:
        return f"`{name}` is a dataset: name the pipeline whose table it is, one of {', '.join(readers)}"
    return suggestion(name, [other for other in plans if other != waiting.pipeline])


def _never(plan: Plan, other: Plan, product: Product) -> tuple[str, str] | None:
    """Why what is awaited never starts a run, and how to mend that."""
    if product == "model" and all(stage.type != "promote" for stage in other.stages):
        remedy = f"wait for its table, {{dataset: {other.pipeline}}}, or give it a model and a registry"
        return f"`{other.pipeline}` promotes no model", remedy
    mine, theirs = _partition(plan), _partition(other)
    wanted = (mine.get("upstream") or mine["by"]) if mine else None
    offered = theirs["by"] if theirs else None
    if wanted == offered:
        return None
    if wanted is None:
        message = f"runs of `{other.pipeline}` are of {_keys(offered)}, which start only runs that have them too"
        return message, f"add `partition: {{by: {offered}}}`"
    message = f"runs of `{other.pipeline}` have {_keys(offered)}, and {_keys(wanted)} are awaited"
    return message, "give both the same `partition`, or the one that waits a coarser one and `upstream`"


def _keys(by: str | None) -> str:
    return "no partitions" if by is None else "partitions by key" if by == "key" else f"one {by} each"


def _partition(plan: Plan) -> Mapping[str, str] | None:
    found: Mapping[str, str] | None = plan.spec["schedule"].get("partition")
    return found


def wait_in_no_circle(project: Project, results: Sequence[Compiled]) -> Iterator[Diagnostic]:
    """Pipelines that wait for each other would start each other without end."""
    del project
    plans = {result.name: result.plan for result in results if result.plan is not None}
    edges = {name: tuple(dict.fromkeys(other for _, other in _awaited(plan))) for name, plan in plans.items()}
    told: set[frozenset[str]] = set()
    for name in edges:
        circle = _circle(name, edges)
        if not circle or frozenset(circle) in told:
            continue
        told.add(frozenset(circle))
        message = f"pipelines wait for each other in a circle: {' → '.join((*circle, name))}"
        if len(circle) == 1:
            message = f"`{name}` waits for itself"
        index = next(index for index, (_, other) in enumerate(_awaited(plans[name])) if other == (*circle, name)[1])
        place = _place(plans[name], index, _awaited(plans[name])[index][0])
        yield Diagnostic(
            "HR307",
            message,
            place,
            "let one of them not wait" if circle[1:] else "name another pipeline",
            pipeline=name,
        )


def _circle(start: str, edges: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The shortest way from a pipeline along what it waits for back to it; empty if there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while ways:
        longer = [(*way, other) for way in ways for other in edges.get(way[-1], ())]
        if back := next((way[:-1] for way in longer if way[-1] == start), None):
            return back
        ways = list({way[-1]: way for way in longer if way[-1] not in seen}.values())
        seen.update(way[-1] for way in ways)
    return ()


def _awaited(plan: Plan) -> tuple[tuple[Product, str], ...]:
    schedule = plan.spec["schedule"]
    return awaited(schedule) if schedule.get("enabled", True) else ()


def _place(plan: Plan, index: int, product: Product) -> Place | None:
    """Where it is written; one dependency may stand without a list."""
    one, listed = f"schedule.depends_on.{product}", f"schedule.depends_on.{index}.{product}"
    return plan.places.get(one) or plan.place_of(listed)
