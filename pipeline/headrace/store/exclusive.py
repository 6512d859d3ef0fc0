"""Files of which the first is the only one: put in their place whole, unless there is one already.

Where the file system has hard links that is one step. Network folders, and buckets that are shown as folders, often
have none: there whoever wants to write claims the name first, by a file that only one can create, and renames.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

#: What `link` answers where there are no hard links, or no more of them.
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
#: Seconds that a claim may stand, which is held for a rename only; past them whoever made it is taken for dead.
_PATIENCE = 3.0


def put_first(part: Path, path: Path, is_whole: Callable[[Path], bool]) -> None:
    """Give `part`, which is whole, the name `path`. FileExistsError if a file has it; then `part` stays as it was.

    A reader sees no file or a whole one. `is_whole` tells a file from the rest of one, which may be replaced.
    """
    try:
        os.link(part, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
    else:
        return
    with _claim(path):
        if is_whole(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        part.replace(path)


@contextmanager
def _claim(path: Path) -> Iterator[None]:
    """Be the only one that writes this file; whoever else wants to waits, and finds it written."""
    claim = path.with_name(f".{path.name}.claim")
    end = time.monotonic() + _PATIENCE
    while not _created(claim):
        time.sleep(0.01)
        if time.monotonic() > end:  # killed between two steps that take a moment
            claim.unlink(missing_ok=True)
            end = time.monotonic() + _PATIENCE
    try:
        yield
    finally:
        claim.unlink(missing_ok=True)


def _created(claim: Path) -> bool:
    try:
        claim.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
