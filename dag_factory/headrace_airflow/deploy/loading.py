"""A built folder's pipelines as DAGs: what its loaders call. Reads JSON, and imports nothing that compiles."""

from __future__ import annotations

import json
import os.path
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from airflow.sdk import DAG, get_parsing_context

from headrace.errors import Diagnostic, Place
from headrace_airflow.build.fallback import dag_of
from headrace_airflow.build.heap import spare_the_heap
from headrace_airflow.deploy.manifest import PLANS, SITE, STALE
from headrace_airflow.site import Site, deployed_site, is_bundled
from headrace_airflow.spec.ids import valid_id
from headrace_airflow.spec.model import FORMAT


def load_built(loader: str, *names: str) -> dict[str, DAG]:
    """The pipelines' DAGs by their ids, of the folder that the loader is in.

    What is damaged or of another version is a stand-in DAG which says so. While a task runs, only its own pipeline is
    built. Nothing where a bundle serves the project that the folder is in.
    """
    spare_the_heap()
    dags = os.path.dirname(os.path.abspath(loader))
    folder = os.path.dirname(dags)
    said = _said(folder)
    wanted = get_parsing_context().dag_id
    ids = {name: valid_id(name) for name in names}
    if wanted in ids.values():
        ids = {name: dag_id for name, dag_id in ids.items() if dag_id == wanted}
    elif not said.get("bundle") and is_bundled(folder):
        return {}
    site = _site(folder, said)
    stale = _stale(folder) if said.get("bundle") else {}
    return {
        dag_id: _dag(name, os.path.join(dags, f"{dag_id}.json"), site, stale.get(name, ""))
        for name, dag_id in ids.items()
    }


class _Entry(NamedTuple):
    """What was built of a pipeline."""

    document: Mapping[str, Any] | None
    diagnostics: Sequence[Diagnostic]
    stale: str = ""


def _dag(name: str, path: str, site: Site, stale: str) -> DAG:
    entry = _entry(path)
    places = _Places(site.plans, entry.document)
    return dag_of(name, entry.document, entry.diagnostics, site, stale=entry.stale or stale, place_of=places)


def _entry(path: str) -> _Entry:
    """What was built; where that cannot be used, what is wrong with it."""
    try:
        return _checked(_read(path))
    except KeyError as error:
        problem = f"it has no {error}"
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        problem = str(error)
    remedy = "build it again with `headrace dags build`, by the version of headrace that Airflow's environment has"
    return _Entry(
        None, [Diagnostic("HR412", f"{os.path.basename(path)} cannot be used: {problem}", Place(path), remedy)]
    )


def _checked(entry: Mapping[str, Any]) -> _Entry:
    """The entry as it is used. ValueError, TypeError, KeyError or AttributeError for one that was not built so."""
    if entry["format"] != FORMAT:
        raise ValueError(f"it is of form {entry['format']}, and this headrace reads {FORMAT}")
    document, diagnostics = entry["spec"], [_diagnostic(found) for found in entry["diagnostics"]]
    if document is None and not diagnostics:
        raise ValueError("it has neither a specification nor anything that is wrong")
    if not isinstance(document, dict | None):
        raise TypeError("its specification is no mapping")
    return _Entry(document, diagnostics, str(entry.get("stale", "")))


class _Places:
    """Where values were written, from the plan: read only when Airflow refuses one."""

    def __init__(self, plans: str, document: Mapping[str, Any] | None) -> None:
        self._plans = plans
        self._document = document or {}

    def __call__(self, key: str) -> Place | None:
        """The place of a configuration key, if the plan is there."""
        from headrace.plan.model import Plan

        try:
            return Plan.from_json(_read(os.path.join(self._plans, f"{self._document['plan']}.json"))).place_of(key)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None


def _said(folder: str) -> Mapping[str, Any]:
    """What was said of where stages run, when the folder was built."""
    try:
        return _read(os.path.join(folder, SITE))
    except (OSError, ValueError, TypeError):
        return {}


def _stale(folder: str) -> Mapping[str, str]:
    """The pipelines that a bundle serves as they were, and why."""
    try:
        marks = _read(os.path.join(folder, STALE))
        return dict.fromkeys(marks["pipelines"], marks["why"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _site(folder: str, said: Mapping[str, Any]) -> Site:
    """Where stages run: in a bundle what was said is all there is to say."""
    plans, root, home = os.path.join(folder, PLANS), said.get("project", ""), said.get("home", "")
    return Site(root, home, plans) if said.get("bundle") else deployed_site(root, home, plans)


def _read(path: str) -> Mapping[str, Any]:
    with open(path, "rb") as file:
        document: Mapping[str, Any] = json.loads(file.read())
    if not isinstance(document, dict):
        raise TypeError("it is no mapping")
    return document


def _diagnostic(entry: Mapping[str, Any]) -> Diagnostic:
    from headrace.plan.cache import diagnostic_from_json

    return diagnostic_from_json(entry)
