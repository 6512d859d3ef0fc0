"""Assets that pipelines define: that one name has one URI, and one URI one name, in the whole project."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from headrace.errors import Diagnostic
from headrace.operators.presence import present
from headrace.plan.cache import Compiled
from headrace.plan.model import Plan
from headrace.project import Project
from headrace.schedule.assets import PRODUCTS, asset_of, whole


class _Defined(NamedTuple):
    """An asset, and where it is written: nowhere, if it is a pipeline's product."""

    name: str
    uri: str
    plan: Plan
    key: str = ""

    @property
    def is_text(self) -> bool:
        """Whether one text is both."""
        return self.name == self.uri


def are_known_by_one_name(project: Project, results: Sequence[Compiled]) -> Iterator[Diagnostic]:
    """Two assets that share a name or a URI exclude each other in Airflow: tasks of one of them fail."""
    del project
    found = [each for plan in (result.plan for result in results) if plan is not None for each in _defined(plan)]
    names: dict[str, _Defined] = {}
    uris: dict[str, _Defined] = {}
    for each in sorted(found, key=lambda one: (one.is_text, bool(one.key))):  # at fault is who says less
        same_name, same_uri = names.setdefault(each.name, each), uris.setdefault(each.uri, each)
        if same_name.uri != each.uri:
            message = f"`{each.name}` names two assets: its URI is `{each.uri}` here, and `{same_name.uri}`"
            yield _problem(each, same_name, message)
        elif same_uri.name != each.name:
            message = f"`{each.uri}` is the URI of two assets: it is called `{each.name}` here, and `{same_uri.name}`"
            yield _problem(each, same_uri, message)


def _problem(guilty: _Defined, other: _Defined, message: str) -> Diagnostic:
    remedy = f"write {{name: {json.dumps(other.name)}, uri: {json.dumps(other.uri)}}} if they are the same"
    place = guilty.plan.place_of(guilty.key)
    return Diagnostic("HR311", f"{message} in {other.plan.pipeline}", place, remedy, pipeline=guilty.plan.pipeline)


def _defined(plan: Plan) -> Iterator[_Defined]:
    for product in PRODUCTS:
        yield _Defined(**asset_of(product, plan.pipeline), plan=plan)
    for name, task in present(plan.spec["tasks"], [stage.name for stage in plan.stages]).items():
        for key in ("inlets", "outlets"):
            for index, asset in enumerate(task[key]):
                yield _Defined(**whole(asset), plan=plan, key=f"tasks.{name}.{key}.{index}")
    schedule = plan.spec["schedule"]
    if schedule.get("enabled", True):
        yield from _in_condition(plan, schedule.get("assets"), "schedule.assets")


def _in_condition(plan: Plan, condition: Any, key: str) -> Iterator[_Defined]:
    """Those of a condition that are given by name and URI; half of it only refers."""
    if not isinstance(condition, Mapping):
        return
    if condition.get("name") and condition.get("uri"):
        yield _Defined(condition["name"], condition["uri"], plan, key)
    for word in ("all", "any"):
        for index, member in enumerate(condition.get(word) or ()):
            yield from _in_condition(plan, member, f"{key}.{word}.{index}")
