"""A new MLflow database takes seconds to make: it is made while the first stages run."""

from __future__ import annotations

import contextlib
from threading import Thread

from headrace import secrets
from headrace.errors import HeadraceError
from headrace.plan.model import Plan
from headrace.project import Project


def prepare_tracking(plan: Plan, project: Project) -> Thread:
    """Begin to make the database of a project that has none yet; whoever needs it waits for it there."""
    thread = Thread(target=_prepare, args=(plan, project), name="prepare-tracking", daemon=True)
    thread.start()
    return thread


def _prepare(plan: Plan, project: Project) -> None:
    import skops.io  # noqa: F401 - training, which comes later, spends half a second on it otherwise

    from headrace.tracking import prepare, tracking_settings

    slices = [stage.config for stage in plan.stages if stage.type == "track"]
    with contextlib.suppress(HeadraceError):  # the stage that needs it will say what is wrong
        for config in slices:
            prepare(tracking_settings(secrets.resolve(config), project.home, root=project.root))
