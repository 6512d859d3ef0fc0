"""`headrace explain`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from headrace.errors import EXIT_OK, Place, UsageError
from headrace.plan.environment import GROUP, VARIABLE, in_environment
from headrace.plan.loading import load
from headrace.plan.model import Plan
from headrace.project import Project, find_project

#: More values than this are listed with a line each.
_IN_FULL = 12


def run(arguments: argparse.Namespace) -> int:
    """Say where values come from; or which files make the pipeline; or what an environment changes."""
    project = find_project()
    key, overrides = words(arguments.overrides, "key")
    overrides = [*([f"{GROUP}={arguments.env}"] if arguments.env else []), *overrides]
    if arguments.defaults:
        return _defaults(project, arguments, overrides)
    plan = load(project, arguments.pipeline, overrides).require()
    if arguments.against:
        return _against(project, arguments, plan, overrides, key)
    return _values(project, arguments, plan, key)


def words(given: Sequence[str], noun: str) -> tuple[str, list[str]]:
    """The one word that is no override, and the overrides; UsageError if there are two such words."""
    names = [word for word in given if "=" not in word and not word.startswith("~")]
    if len(names) > 1:
        raise UsageError(f"{names[1]} is a second {noun}", remedy=f"name one {noun}; overrides are KEY=VALUE")
    return "".join(names), [word for word in given if word not in names]


def _values(project: Project, arguments: argparse.Namespace, plan: Plan, key: str) -> int:
    from headrace.explain import explain
    from headrace.explain.text import compact, full
    from headrace.explain.values import as_document

    found = explain(plan, project.home / "compiled", key)
    if arguments.json:
        print(json.dumps(as_document(plan, found), ensure_ascii=False))
        return EXIT_OK
    for note in plan.notes:
        print(f"note: {note}")
    if len(found) <= _IN_FULL:
        print("\n".join(full(found, project.root)))
        return EXIT_OK
    shown = found if arguments.all or key else tuple(item for item in found if item.place or item.is_left_out)
    print("\n".join(compact(shown)))
    hidden = len(found) - len(shown)
    print(f"\n{plan.pipeline}: {len(shown)} values" + (f"; --all adds {hidden} that nobody wrote" if hidden else ""))
    print(f"`headrace explain {plan.pipeline} KEY` says more about one of them")
    return EXIT_OK


def _defaults(project: Project, arguments: argparse.Namespace, overrides: Sequence[str]) -> int:
    from headrace.config.compose.tree import option_files
    from headrace.explain.text import tree

    meant = in_environment(overrides)
    origins = {word: Place(VARIABLE) for word in meant if word not in overrides}
    root = option_files(project.conf, arguments.pipeline, meant, project.root, origins)
    print(json.dumps(root.to_json(), ensure_ascii=False) if arguments.json else "\n".join(tree(root)))
    return EXIT_OK


def _against(project: Project, arguments: argparse.Namespace, plan: Plan, overrides: Sequence[str], key: str) -> int:
    from headrace.explain import explain
    from headrace.explain.text import changes
    from headrace.explain.values import dotted
    from headrace.plan.differences import differences

    others = [word for word in overrides if not word.startswith(f"{GROUP}=")]
    other = load(project, arguments.pipeline, [f"{GROUP}={arguments.against}", *others]).require()
    if key:
        explain(plan, project.home / "compiled", key)  # a key that is not there is not one that nothing changes
    found = differences(plan, other, dotted(key))
    names = (f"{GROUP}={plan.environment}", f"{GROUP}={other.environment}")
    if arguments.json:
        document = {"pipeline": plan.pipeline, "before": names[0], "after": names[1]}
        print(json.dumps({**document, "differences": [item.to_json() for item in found]}, ensure_ascii=False))
        return EXIT_OK
    nothing = f"{names[1]} changes nothing: every value is that of {names[0]}"
    print("\n".join(changes(found, names)) if found else nothing)
    return EXIT_OK
