"""What decides a stage's result besides its inputs: its slice, its code, the packages that it stands on."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from headrace.plan.model import digest_of

#: Packages whose source is part of a recipe; everything else counts by its version.
OWN_PACKAGES = ("headrace", "headrace_features")


def recipe_of(stage_type: str, config: Mapping[str, Any], runner: str, distributions: Iterable[str]) -> str:
    """sha256 over the stage's type, slice, code and package versions."""
    versions = {name: distribution_version(name) for name in distributions}
    return digest_of([stage_type, config, code_digest(runner.partition(":")[0]), versions])


@cache
def distribution_version(name: str) -> str:
    """Installed version of a distribution, or `absent`."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"


@cache
def code_digest(module: str) -> str:
    """sha256 over the source of a module and of all that it imports from this project."""
    return digest_of(module_digests(module))


@cache
def module_digests(module: str) -> Mapping[str, str]:
    """Module -> sha256 of its source, for a module and all that it imports from this project."""
    return {name: sha256(path.read_bytes()).hexdigest() for name, path in code_files(module)}


@cache
def code_files(module: str) -> tuple[tuple[str, Path], ...]:
    """The modules of this project that `module` needs, itself included, with their source files."""
    found: dict[str, Path] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _source_of(name)
        if name in found or path is None:
            continue
        found[name] = path
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        waiting.extend(_imports(path, package))
    return tuple(sorted(found.items()))


@cache
def _source_of(name: str) -> Path | None:
    """The file of one of this project's modules, found without importing it; None for what is no module."""
    root, *rest = name.split(".")
    folder = _package_folder(root)
    if folder is None:
        return None
    path = folder.joinpath(*rest)
    candidates = (path / "__init__.py", path.with_suffix(".py") if rest else path / "__init__.py")
    return next((candidate for candidate in candidates if candidate.is_file()), None)


@cache
def _package_folder(root: str) -> Path | None:
    spec = find_spec(root) if root in OWN_PACKAGES else None
    return Path(spec.origin).parent if spec and spec.origin else None


@cache
def _imports(path: Path, package: str) -> tuple[str, ...]:
    """Names of this project's modules that a source file imports, anywhere but for type checking alone."""
    names: list[str] = []
    for node in _runtime_nodes(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, base] if base else parents)
            names.append(base)
            names.extend(f"{base}.{alias.name}" for alias in node.names)
    return tuple(name for name in names if name.partition(".")[0] in OWN_PACKAGES)


def _runtime_nodes(tree: ast.Module) -> Iterator[ast.stmt]:
    """Every statement but those for type checking alone; imports are statements, so expressions are not looked into."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        yield node
        for block in ("body", "orelse", "finalbody"):
            waiting.extend(getattr(node, block, ()))
        for branch in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            waiting.extend(branch.body)
