"""Whether a path is a file that configuration can be read from, found out without opening it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from headrace.errors import Diagnostic, Place

#: A larger file is no configuration.
MAX_BYTES = 1_000_000


def unreadable(path: Path, file: str, inside: Path | None = None) -> Diagnostic | None:
    """Why a path is no file to read: it is absent, a folder, a pipe, a link that leaves the folder, or too large."""
    place = Place(file)
    try:
        status = path.stat()
        real = path.resolve(strict=True)
    except OSError as error:
        if path.is_symlink():
            target = os.readlink(path)
            return Diagnostic("HR101", f"a link to {target}, which cannot be read", place, "mend or delete the link")
        return Diagnostic("HR101", f"cannot be read: {error.strerror}", place, "check its permissions")
    if inside is not None and not real.is_relative_to(inside.resolve()):
        message = f"a link that leaves {inside.name}/: it leads to {os.path.realpath(path)}"
        return Diagnostic("HR109", message, place, "copy the file here: configuration lies below its own folder")
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe, socket or device"
        return Diagnostic("HR108", f"{kind} where a YAML file should be", place, "rename or remove it")
    if status.st_size > MAX_BYTES:
        message = f"{status.st_size:,} bytes: a configuration file has at most {MAX_BYTES:,}"
        return Diagnostic("HR105", message, place, "keep data out of it")
    return None
