"""What only shows when the pipelines of a project are seen beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headrace.config.excerpt import excerpt
from headrace.errors import Diagnostic, Place
from headrace.plan.cache import Compiled
from headrace.plan.members import filled, hole_values, is_open, members
from headrace.plan.model import Plan
from headrace.project import Project


def register_apart(project: Project, results: Sequence[Compiled]) -> Iterator[Diagnostic]:
    """Two pipelines whose models would be versions of one registered model."""
    first: dict[tuple[str, str | None], Plan] = {}
    for plan in (result.plan for result in results if result.plan is not None):
        if plan.spec["model"] is None or plan.spec["registry"] is None:
            continue
        for name in _models(plan):
            earlier = first.setdefault((name, plan.spec["tracking"]["registry_uri"]), plan)
            if earlier is not plan:
                # The one that names the other's model is at fault, whichever comes first.
                guilty, other = (plan, earlier) if plan.spec["registry"]["name"] else (earlier, plan)
                yield _same_model(project, guilty, other, name)


def _models(plan: Plan) -> tuple[str, ...]:
    """The registered models of a pipeline: one, or one for each member."""
    name = plan.spec["registry"]["name"] or plan.pipeline
    found = members(plan.spec.get("for_each")) if is_open(plan.spec) else ()
    return tuple(filled(name, hole_values(member)) for member in found) or (name,)


def _same_model(project: Project, guilty: Plan, other: Plan, name: str) -> Diagnostic:
    place = guilty.place_of("registry.name")
    message = f"{guilty.pipeline} and {other.pipeline} both register the model `{name}`"
    remedy = "give each a `registry.name` of its own; without one it is the pipeline's name"
    return Diagnostic("HR190", message, place, remedy, pipeline=guilty.pipeline, excerpt=_excerpt(project, place))


def _excerpt(project: Project, place: Place | None) -> str:
    if place is None or place.line is None:
        return ""
    try:
        return excerpt((project.root / place.file).read_text(encoding="utf-8-sig"), place)
    except (OSError, UnicodeDecodeError):
        return ""
