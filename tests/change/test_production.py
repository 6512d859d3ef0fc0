from __future__ import annotations

from typing import Any

from headrace.change.production import alias, irreversible, registered_name
from headrace.plan.model import Plan


def plan(name: str = "p", **parts: Any) -> Plan:
    tracking = {"uri": None, "registry_uri": None, "experiment": None}
    spec = {
        "model": {},
        "registry": {"name": None, "alias": "champion"},
        "tracking": tracking,
        "home": ".h",
        "notify": [],
    }
    return Plan(name, {**spec, **parts}, ())


def told(before: Plan | None, after: Plan | None, promotes: bool = False) -> list[str]:
    return [item.message for item in irreversible(before, after, promotes)]


def test_names_and_aliases() -> None:
    assert registered_name(plan()) == "p"
    assert registered_name(plan(registry={"name": "m", "alias": "a"})) == "m"
    assert registered_name(plan(registry=None)) is None
    assert registered_name(plan(model=None)) is None
    assert registered_name(None) is None
    assert alias(plan(registry=None)) == "champion"


def test_a_promotion_serves() -> None:
    assert told(plan(), plan(), promotes=True) == [
        "a model that passes its gates becomes champion, and is served from then on"
    ]
    assert told(plan(registry=None), plan(registry=None), promotes=True) == []
    assert told(plan(), plan()) == []


def test_what_is_left_behind() -> None:
    assert told(plan(), plan(registry={"name": "m", "alias": "champion"})) == [
        "versions go to the registered model m; p keeps its versions and gets no new ones"
    ]
    assert told(plan(), None) == ["the registered model p stays, with its alias champion, and nothing renews it"]
    assert told(plan(model=None), None) == []
    assert told(plan(), plan(home="/srv"))[0].startswith("the store moves from .h to /srv")
    moved = {"uri": "https://me:pw@host", "registry_uri": None, "experiment": "e"}
    first, second = told(plan(), plan(tracking=moved))
    assert first == "tracking.uri is https://host: new runs go there, earlier ones stay"
    assert "tracking.experiment is e" in second


def test_who_hears_of_it_now() -> None:
    hook = {"type": "webhook", "url": "https://hooks.example.com/T0KEN"}

    assert told(plan(), plan(notify=[hook])) == ['failures and refusals are posted to "https://hooks.example.com/…"']
    assert told(plan(notify=[hook]), plan(notify=[hook])) == []
    slack = {"type": "slack", "connection": "alerts"}
    mail = {"type": "email", "host": "h", "sender": "a@b.c", "to": ["d@e.f", "g@h.i"]}
    assert told(plan(notify=[hook]), plan(notify=[hook, slack, mail, {"type": "log"}])) == [
        "failures and refusals are posted through Airflow's connection alerts",
        'failures and refusals are mailed to "d@e.f, g@h.i"',
    ]
