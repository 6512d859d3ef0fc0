"""A built folder's pipelines as DAGs: what its loaders call. Reads JSON, and imports nothing that compiles."""

from __future__ import annotations

import json
import os.path
from collections.abc import Mapping
from typing import Any

from airflow.sdk import DAG, get_parsing_context

from headrace.errors import Diagnostic, Place
from headrace_airflow.build.fallback import dag_of
from headrace_airflow.site import Site, deployed_site
from headrace_airflow.spec.ids import valid_id
from headrace_airflow.spec.model import FORMAT


def load_built(loader: str, *names: str) -> dict[str, DAG]:
    """The pipelines' DAGs by their ids, of the folder that the loader is in.

    What is damaged or of another version is a stand-in DAG which says so. While a task runs, only its own pipeline is
    built.
    """
    dags = os.path.dirname(os.path.abspath(loader))
    site = _site(os.path.dirname(dags))
    wanted = get_parsing_context().dag_id
    ids = {name: valid_id(name) for name in names}
    if wanted in ids.values():
        ids = {name: dag_id for name, dag_id in ids.items() if dag_id == wanted}
    return {dag_id: _dag(name, os.path.join(dags, f"{dag_id}.json"), site) for name, dag_id in ids.items()}


def _dag(name: str, path: str, site: Site) -> DAG:
    try:
        entry = _read(path)
        if entry["format"] != FORMAT:
            raise ValueError(f"it was built by another version of headrace (form {entry['format']}, not {FORMAT})")
        diagnostics = [_diagnostic(found) for found in entry["diagnostics"]]
        document = entry["spec"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        remedy = "build the folder again with `headrace dags build`, with the version that Airflow's environment has"
        diagnostics = [Diagnostic("HR412", f"{os.path.basename(path)} cannot be used: {error}", Place(path), remedy)]
        document = None
    return dag_of(name, document, diagnostics, site, place_of=_Places(site.plans, document))


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
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _site(folder: str) -> Site:
    """Where stages run; the manifest is read only where the environment does not say it."""
    plans = os.path.join(folder, "plans")
    if os.environ.get("HEADRACE_PROJECT") and os.environ.get("HEADRACE_HOME"):
        return deployed_site("", "", plans)
    try:
        said = _read(os.path.join(folder, "site.json"))
    except (OSError, ValueError):
        said = {}
    return deployed_site(said.get("project", ""), said.get("home", ""), plans)


def _read(path: str) -> Mapping[str, Any]:
    with open(path, encoding="utf-8") as file:
        document: Mapping[str, Any] = json.load(file)
    return document


def _diagnostic(entry: Mapping[str, Any]) -> Diagnostic:
    from headrace.plan.cache import diagnostic_from_json

    return diagnostic_from_json(entry)
