"""`headrace dags build`: compile a project and write it as a folder; and whether such a folder is still right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from headrace.errors import ConfigError, Diagnostic, Place, UsageError
from headrace.plan.cache import compiled, read_document
from headrace.plan.fingerprint import Look
from headrace.plan.model import Plan
from headrace.project import Project
from headrace.store import LocalStore
from headrace_airflow.deploy.choices import MOST, Choices
from headrace_airflow.deploy.folder import altered, write_folder
from headrace_airflow.deploy.manifest import NAME, SITE, Manifest, read_manifest
from headrace_airflow.deploy.rendering import Compilation, Rendered, render
from headrace_airflow.freshness import PATIENCE, specs_now
from headrace_airflow.spec.kept import KeptSpec


class Build(NamedTuple):
    """What became of the pipelines."""

    manifest: Manifest
    before: Manifest | None
    """What the folder held before."""
    diagnostics: Sequence[Diagnostic]
    """What is wrong with those that are broken."""


def build_folder(project: Project, folder: Path, choices: Choices, *, keep_going: bool = False) -> Build:
    """Write the project's pipelines as a folder that needs neither the project nor Hydra to be read.

    ConfigError if a pipeline is broken, and nothing is written; with `keep_going` it becomes a DAG that says so.
    """
    _check(project, folder, choices)
    rendered, problems = render_project(project, choices)
    if problems and not keep_going:
        raise ConfigError(problems)
    return Build(rendered.manifest, write_folder(folder, rendered), problems)


def stale(project: Project, folder: Path) -> list[Diagnostic]:
    """Why a built folder is not what the project compiles to now; empty if it is."""
    manifest = read_manifest(folder)
    place = Place(str(folder / NAME))
    if manifest is None:
        return [Diagnostic("HR413", "there is no built folder here, or one of another version", place, _again(folder))]
    said = _site_of(folder)
    choices = Choices(manifest.per_file, said.get("project", ""), said.get("home", ""))
    rendered, problems = render_project(project, choices)
    return [*problems, *_differences(folder, manifest, rendered.manifest), *_altered(folder, manifest)]


def render_project(project: Project, choices: Choices, limit: float = PATIENCE) -> tuple[Rendered, list[Diagnostic]]:
    """The files of the project's pipelines, and what is wrong with those that are broken."""
    from headrace.run.world import git_state

    look = Look()
    compilations: list[Compilation] = []
    problems: list[Diagnostic] = []
    for kept in specs_now(project, project.pipelines(), limit, insist=True):
        plan = _plan_of(project, kept, look)
        if plan is None:
            kept = kept._replace(document=None)  # noqa: PLW2901
            problems += kept.diagnostics or [_changing(kept)]
        elif kept.stale:
            problems.append(_changing(kept))
        compilations.append(Compilation(kept, plan))
    return render(compilations, choices.per_file, choices.site, git_state(project.root)), problems


def _plan_of(project: Project, kept: KeptSpec, look: Look) -> Mapping[str, Any] | None:
    """The plan that a specification was made from: the compiled one, or where that is newer, the one in the store."""
    if kept.document is None:
        return None
    result = compiled(project, kept.name, look=look)
    if result and result.plan and result.plan.digest == kept.document["plan"]:
        return result.plan.to_json()
    stored = LocalStore(project.home / "store").get_document("plans", kept.document["plan"])
    return Plan.from_json(stored).to_json() if stored else None


def _changing(kept: KeptSpec) -> Diagnostic:
    return Diagnostic("HR700", kept.stale or "it changed while it was read", remedy="build again", pipeline=kept.name)


def _check(project: Project, folder: Path, choices: Choices) -> None:
    if not 1 <= choices.per_file <= MOST:
        raise UsageError(f"--per-file {choices.per_file} cannot be", remedy=f"name a number from 1 to {MOST}")
    if folder.resolve() in (project.root, project.conf, project.home) or project.conf in folder.resolve().parents:
        raise UsageError(f"{folder} is the project's own folder", remedy="name a folder for the built DAGs alone")


def _differences(folder: Path, built: Manifest, now: Manifest) -> Iterator[Diagnostic]:
    place = Place(str(folder / NAME))
    for name in sorted({*built.pipelines, *now.pipelines}):
        old, new = built.pipelines.get(name), now.pipelines.get(name)
        if old == new:
            continue
        if old is None:
            message = f"{name} is not in the built folder"
        elif new is None:
            message = f"{name} is in the built folder, and no pipeline any more"
        elif old.plan != new.plan:
            message = f"{name} has plan {_short(old.plan)} in the built folder, and {_short(new.plan)} now"
        else:
            message = f"{name} has another DAG now than in the built folder"
        yield Diagnostic("HR413", message, place, _again(folder), pipeline=name)
    if built.headrace != now.headrace:
        message = f"the folder was built by headrace {built.headrace}, and this is {now.headrace}"
        yield Diagnostic("HR413", message, place, _again(folder))


def _altered(folder: Path, manifest: Manifest) -> Iterator[Diagnostic]:
    for path in altered(folder, manifest):
        state = "is not as it was built" if (folder / path).exists() else "is missing"
        yield Diagnostic("HR413", f"{path} {state}", Place(str(folder / path)), _again(folder))


def _short(plan: str | None) -> str:
    return plan[:12] if plan else "none"


def _again(folder: Path) -> str:
    return f"headrace dags build --out {folder}"


def _site_of(folder: Path) -> dict[str, str]:
    return read_document(folder / SITE) or {}
