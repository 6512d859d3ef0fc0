"""Compiled pipelines -> the files of a built folder. Pure: equal pipelines make equal bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from headrace import __version__
from headrace.plan.cache import diagnostic_json
from headrace.plan.model import digest_of
from headrace_airflow.deploy.manifest import DAGS, PLANS, SITE, BuiltPipeline, Manifest
from headrace_airflow.spec.ids import valid_id
from headrace_airflow.spec.kept import KeptSpec
from headrace_airflow.spec.model import FORMAT as SPEC_FORMAT

#: What a file takes from `airflow`, Airflow imports before it forks a process for it: the next process has it already.
_ONE = """\
\"\"\"The Airflow dag of the pipeline {title}. `headrace dags build` wrote this: edit its YAML instead.\"\"\"

import airflow.providers.standard.sensors.external_task  # storing any dag asks for it: Airflow imports it once, here
from airflow.sdk import DAG

from headrace_airflow.deploy.loading import load_built

# Its specification is {specification}: Airflow reads this file again when that is another.
dags: dict[str, DAG] = load_built(__file__, {names})
globals().update(dags)
"""
_SEVERAL = """\
\"\"\"The Airflow dags of {count} pipelines. `headrace dags build` wrote this: edit their YAML instead.\"\"\"

import airflow.providers.standard.sensors.external_task  # storing any dag asks for it: Airflow imports it once, here
from airflow.sdk import DAG

from headrace_airflow.deploy.loading import load_built

dags: dict[str, DAG] = load_built(
    __file__,
    # Beside each its specification: Airflow reads this file again when that is another.
{names}
)
globals().update(dags)
"""


class Compilation(NamedTuple):
    """A pipeline as it goes into a folder."""

    kept: KeptSpec
    plan: Mapping[str, Any] | None
    """Its plan as JSON; none for a pipeline that is broken."""


class Rendered(NamedTuple):
    """All that a folder holds."""

    manifest: Manifest
    files: Mapping[str, bytes]
    """Path in the folder -> content, the manifest itself left out."""


def render(
    compiled: Sequence[Compilation], per_file: int, site: Mapping[str, str], commit: Mapping[str, Any]
) -> Rendered:
    """The files of these pipelines, with so many in one loader."""
    files: dict[str, bytes] = {}
    built: dict[str, BuiltPipeline] = {}
    for loader, shard in _shards(sorted(compiled, key=lambda each: each.kept.name), per_file):
        for each in shard:
            entry = entry_of(each.kept)
            dag_id = valid_id(each.kept.name)
            spec = f"{DAGS}/{dag_id}.json"
            files[spec] = _json(entry)
            plan = each.plan["digest"] if each.plan else None
            if each.plan:
                files[f"{PLANS}/{plan}.json"] = _json(each.plan)
            built[each.kept.name] = BuiltPipeline(dag_id, plan, digest_of(entry), spec, loader)
        files[loader] = _loader({each.kept.name: built[each.kept.name].digest[:12] for each in shard})
    if site:
        files[SITE] = _json(site)
    digest = digest_of([SPEC_FORMAT, {name: pipeline.digest for name, pipeline in built.items()}, dict(site)])
    hashes = {path: sha256(content).hexdigest() for path, content in files.items()}
    return Rendered(Manifest(digest, __version__, per_file, built, hashes, commit), files)


def _shards(compiled: Sequence[Compilation], per_file: int) -> Iterator[tuple[str, Sequence[Compilation]]]:
    """Loader -> its pipelines. With several in one, a pipeline that comes or goes moves others to the next file."""
    if per_file == 1:
        for each in compiled:
            yield f"{DAGS}/{valid_id(each.kept.name)}.py", [each]
        return
    for number, first in enumerate(range(0, len(compiled), per_file), start=1):
        yield f"{DAGS}/pipelines_{number:03}.py", compiled[first : first + per_file]


def _loader(specifications: Mapping[str, str]) -> bytes:
    """The file for these pipelines. It changes with what it loads: Airflow, git and rsync look at this file alone."""
    if len(specifications) == 1:
        ((name, digest),) = specifications.items()
        return _ONE.format(title=valid_id(name), names=_quoted(name), specification=digest).encode()
    lines = "\n".join(f"    {_quoted(name)},  # {digest}" for name, digest in specifications.items())
    return _SEVERAL.format(count=len(specifications), names=lines).encode()


def _quoted(name: str) -> str:
    """A name as Python writes it, without characters that an editor or a file system may change."""
    return json.dumps(name)


def entry_of(kept: KeptSpec) -> dict[str, Any]:
    """What the loader reads. Warnings are for whoever edits; here they would only make new versions of DAGs."""
    problems = [] if kept.document else [diagnostic_json(found) for found in kept.diagnostics]
    entry = {"format": SPEC_FORMAT, "name": kept.name, "spec": kept.document, "diagnostics": problems}
    return {**entry, "stale": kept.stale} if kept.stale else entry


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()
