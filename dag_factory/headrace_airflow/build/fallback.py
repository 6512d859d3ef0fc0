"""The document of a specification -> its DAG, or a DAG in its place that says why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from airflow.sdk import DAG

from headrace.errors import Diagnostic, HeadraceError, Place
from headrace_airflow.build.dag import build_dag
from headrace_airflow.site import Site
from headrace_airflow.spec.model import DagSpec, from_json

#: The tag of a DAG whose configuration has changed since it was compiled.
STALE = "stale"


def dag_of(
    name: str,
    document: Mapping[str, Any] | None,
    diagnostics: Sequence[Diagnostic],
    site: Site,
    *,
    stale: str = "",
    place_of: Callable[[str], Place | None],
) -> DAG:
    """The pipeline's DAG. Whatever is wrong with it, there is one: the others of its file must load.

    `stale`: why the specification is not what the configuration says now; empty where it is. `place_of`: where a value
    was written, asked only where Airflow refuses one.
    """
    if document is None:
        return _stand_in(name, diagnostics)
    try:
        spec = from_json(document)
        return build_dag(_marked(spec, stale) if stale else spec, site)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever is refused, or ends itself, the others must load
        return _stand_in(name, _what_is_wrong(error, place_of))


def _stand_in(name: str, diagnostics: Sequence[Diagnostic]) -> DAG:
    from headrace_airflow.build.stand_in import build_stand_in  # most files have none

    return build_stand_in(name, diagnostics)


def _what_is_wrong(error: Exception | SystemExit, place_of: Callable[[str], Place | None]) -> Sequence[Diagnostic]:
    from headrace_airflow.versions import AirflowTimetableInvalid, lacking_of

    if isinstance(error, HeadraceError):
        if error.key and error.place is None:
            error.place = place_of(error.key)
        return error.diagnostics
    if isinstance(error, AirflowTimetableInvalid):
        return [_refused(f"the schedule: {error}", place_of("schedule.cron"))]
    if isinstance(error, SystemExit):
        message = f"what this pipeline needs ends the process: sys.exit({error.code!r})"
        return [Diagnostic("HR144", message, place_of("name"), "call sys.exit only where a module is run by itself")]
    missing = lacking_of(error)
    if missing:
        return missing.diagnostics
    return [_refused(f"this pipeline: {type(error).__name__}: {error}", place_of("name"))]


def _refused(what: str, place: Place | None) -> Diagnostic:
    return Diagnostic("HR144", f"Airflow refuses {what}", place)


def _marked(spec: DagSpec, stale: str) -> DagSpec:
    told = (
        f"**This is not what the configuration says now**: {stale}. Until then this page and these tasks are those of"
    )
    return spec._replace(tags=(*spec.tags, STALE), doc_md=f"{told} plan `{spec.plan[:12]}`.\n\n{spec.doc_md}")
