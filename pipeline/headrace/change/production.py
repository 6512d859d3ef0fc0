"""What the change does outside of files: registered models, aliases, experiments, homes, and who is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from headrace.change.document import Irreversible
from headrace.change.showing import shown
from headrace.plan.model import Plan


def registered_name(plan: Plan | None) -> str | None:
    """The registered model that a plan adds versions to; None if it registers none."""
    if plan is None or plan.spec["model"] is None or plan.spec["registry"] is None:
        return None
    return str(plan.spec["registry"]["name"] or plan.pipeline)


def alias(plan: Plan) -> str:
    """The alias that the plan's promotion moves."""
    return str((plan.spec["registry"] or {}).get("alias", "champion"))


def irreversible(before: Plan | None, after: Plan | None, promotes: bool) -> Iterator[Irreversible]:
    """What taking the change back does not take back."""
    if after is None:
        yield from _of_removed(before)
        return
    name, old = registered_name(after), registered_name(before)
    mine = (after.pipeline,)
    if promotes and name is not None:
        yield Irreversible(
            f"a model that passes its gates becomes {alias(after)}, and is served from then on",
            f"`headrace rollback NAME` makes the previous one {alias(after)} again; what was answered meanwhile stays",
            mine,
        )
    if before is None:
        return
    if old is not None and name is not None and old != name:
        yield Irreversible(
            f"versions go to the registered model {name}; {old} keeps its versions and gets no new ones",
            f"whoever loads models:/{old}@{alias(before)} must be told",
            mine,
        )
    yield from _moves(before.spec, after.spec, mine)
    yield from _new_listeners(before.spec, after.spec, mine)


def _of_removed(before: Plan | None) -> Iterator[Irreversible]:
    name = registered_name(before)
    if before is not None and name is not None:
        yield Irreversible(
            f"the registered model {name} stays, with its alias {alias(before)}, and nothing renews it",
            "whoever serves it goes on serving it: archive it in MLflow if it should end",
            (before.pipeline,),
        )


def _moves(old: Mapping[str, Any], new: Mapping[str, Any], mine: tuple[str, ...]) -> Iterator[Irreversible]:
    if old["home"] != new["home"]:
        yield Irreversible(
            f"the store moves from {shown('home', old['home'])} to {shown('home', new['home'])}: "
            "everything runs again, and what MLflow kept there stays behind",
            "move the folder before the next run",
            mine,
        )
    for key, what in (("uri", "runs"), ("registry_uri", "registered models"), ("experiment", "runs")):
        was, now = old["tracking"][key], new["tracking"][key]
        if was != now:
            yield Irreversible(
                f"tracking.{key} is {shown(f'tracking.{key}', now)}: new {what} go there, earlier ones stay",
                "a champion that is not found there counts as absent" if key != "experiment" else "compare across both",
                mine,
            )


def _new_listeners(old: Mapping[str, Any], new: Mapping[str, Any], mine: tuple[str, ...]) -> Iterator[Irreversible]:
    known = [_listener(item) for item in old["notify"]]
    for item in new["notify"]:
        if item["type"] != "log" and _listener(item) not in known:
            way, who = _listener(item)
            yield Irreversible(
                f"failures and refusals are {way} {shown('notify.0.url', who)}",
                "what was sent cannot be called back",
                mine,
            )


def _listener(item: Mapping[str, Any]) -> tuple[str, str]:
    """How somebody is told, and who it is."""
    if item["type"] == "email":
        return "mailed to", ", ".join(item["to"])
    if item["type"] == "function":
        return "given to the function", str(item["name"])
    if item.get("connection"):
        return "posted through Airflow's connection", str(item["connection"])
    return "posted to", str(item.get("url"))
