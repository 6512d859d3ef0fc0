"""`headrace predict`, `serve`, `promote` and `rollback`: what is done with registered models."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from headrace import secrets
from headrace.errors import EXIT_OK, UsageError
from headrace.plan.loading import load
from headrace.plan.members import is_open
from headrace.plan.model import Plan
from headrace.project import find_project
from headrace.registry import Promotion
from headrace.tracking import Settings, tracking_settings


@dataclass(frozen=True, slots=True)
class Registered:
    """Where a pipeline's models are registered."""

    settings: Settings
    name: str
    alias: str


def predict(arguments: argparse.Namespace) -> int:
    """Score a file with the champion."""
    from headrace.predict import predict as score

    model = _registered(arguments.pipeline, arguments.member)
    done = score(model.settings, model.name, model.alias, Path(arguments.data), Path(arguments.out))
    print(f"{done.rows:,} rows scored by {done.model} version {done.version} ({done.alias})")
    print(f"  {done.out}: added {', '.join(done.columns)}")
    return EXIT_OK


def serve(arguments: argparse.Namespace) -> int:
    """Serve the champion until interrupted."""
    from headrace.serve import serve as answer

    model = _registered(arguments.pipeline, arguments.member)
    return answer(model.settings, model.name, model.alias, host=arguments.host, port=arguments.port)


def promote(arguments: argparse.Namespace) -> int:
    """Make a version the champion, by hand."""
    from headrace.registry import set_champion

    model = _registered(arguments.pipeline, arguments.member)
    return _moved(model, set_champion(model.settings, model.name, model.alias, arguments.version))


def rollback(arguments: argparse.Namespace) -> int:
    """Make the previous champion champion again."""
    from headrace.registry import rollback as take_back

    model = _registered(arguments.pipeline, arguments.member)
    return _moved(model, take_back(model.settings, model.name, model.alias))


def _registered(pipeline: str, member: str | None) -> Registered:
    project = find_project()
    plan = _of_member(load(project, pipeline).require(), member)
    registers = [stage.config for stage in plan.stages if stage.type == "register"]
    if not registers:
        raise UsageError(
            f"{pipeline} registers no models",
            remedy="give it a model, and no `registry: null`, in conf/pipeline/" + f"{pipeline}.yaml",
        )
    config = secrets.resolve(registers[0])
    settings = tracking_settings(config, project.home, root=project.root)
    return Registered(settings, config["registry"]["name"], config["registry"]["alias"])


def _of_member(plan: Plan, label: str | None) -> Plan:
    """The plan whose model is meant: one member's, where the pipeline has several."""
    if label is None and not is_open(plan.spec):
        return plan
    from headrace.plan.holes import member_named, members_of, with_member

    if label is None:
        labels = ", ".join(member.label for member in members_of(plan))
        raise UsageError(f"{plan.pipeline} makes several models", remedy=f"add --member LABEL, one of {labels}")
    return with_member(plan, member_named(plan, label))


def _moved(model: Registered, promotion: Promotion) -> int:
    before = f" (it was version {promotion.previous})" if promotion.previous else ""
    print(f"{model.name}: {promotion.alias} is version {promotion.version}{before}")
    return EXIT_OK
