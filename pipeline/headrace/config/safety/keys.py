"""Keys that would act: Hydra's words for calling code, Python's own names, and Hydra's settings of where it writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname, normpath
from typing import NamedTuple

from headrace.config.nodes import Document, Written, walk
from headrace.errors import Diagnostic

#: What `hydra.utils.instantiate` obeys.
_INSTANTIATE = frozenset({"_target_", "_partial_", "_args_", "_recursive_", "_convert_"})
#: Mappings whose keys are columns of somebody's table.
_OF_COLUMNS = frozenset({"columns", "types", "known_at"})
_DUNDER = re.compile(r"__\w+__")
#: What a file may say of Hydra itself: how trials are searched and launched, and where option files are.
_OF_HYDRA = ("launcher", "mode", "searchpath", "sweeper", "verbose")


class Refused(NamedTuple):
    """Why a key is refused."""

    code: str
    message: str
    remedy: str


def refused(key: str, below: str = "") -> Refused | None:
    """Why nothing may be called so, wherever it stands; None for any other key, and for a column among columns.

    `below` is the name of what the key stands in.
    """
    if key in _INSTANTIATE:
        remedy = "delete it: an estimator is named by `type`, everything else by a value that the schema lists"
        return Refused("HR133", f"`{key}` is forbidden: configuration imports no code", remedy)
    if _DUNDER.fullmatch(key) and below not in _OF_COLUMNS:
        message = f"`{key}` is a name of Python's own: configuration reaches into no object"
        return Refused("HR258", message, "delete it, or choose another name")
    return None


def problems(document: Document) -> Iterator[Diagnostic]:
    """Keys of a file that are refused, and choices that climb out of the configuration folder."""
    if document.root is None:
        return
    for path, written in walk(document.root):
        *above, name = path.split(".")
        if found := refused(name, above[-1] if above else ""):
            yield document.diagnostic(found.code, found.message, written.key or written.at, found.remedy)
    yield from _of_hydra(document, document.root)


def _of_hydra(document: Document, root: Written) -> Iterator[Diagnostic]:
    hydra = (root.children or {}).get("hydra")
    for name, written in (hydra.children or {}).items() if hydra is not None else ():
        if name not in _OF_HYDRA and not name.startswith("_"):
            message = f"`hydra.{name}` is not for a file to say: it decides where Hydra writes, logs or calls code"
            remedy = f"delete it; of Hydra itself a file may say {', '.join(_OF_HYDRA)}"
            yield document.diagnostic("HR259", message, written.key or written.at, remedy)


def climbing(config_path: str, document: Document) -> Iterator[Diagnostic]:
    """Entries of a defaults list that name something above the configuration folder."""
    defaults = (document.root.children or {}).get("defaults") if document.root is not None else None
    for item in (defaults.children or {}).values() if defaults is not None else ():
        for entry, written in _entries(item):
            if climbs(dirname(config_path), entry):
                message = f"`{entry}` climbs out of the configuration folder"
                yield document.diagnostic("HR260", message, written.at, "name a file below it, as in `/group: option`")


def climbs(folder: str, entry: str) -> bool:
    """Whether a config path, seen from a folder of groups, leads above the configuration folder."""
    path = entry.lstrip("/") if entry.startswith("/") or not folder else f"{folder}/{entry}"
    return ".." in entry.split("/") and normpath(path).startswith("..")


def _entries(item: Written) -> Iterator[tuple[str, Written]]:
    if item.children is None:
        yield item.text, item
    for group, option in ({} if item.is_list else item.children or {}).items():
        *_, name = group.split() or [""]
        for chosen in (option.children or {"": option}).values():
            yield f"{name.partition('@')[0]}/{chosen.text}", chosen
