"""`headrace gc` and `headrace store verify`."""

from __future__ import annotations

import argparse
import sys

from headrace.clock import parse_duration
from headrace.errors import EXIT_FAILED, EXIT_OK, UsageError
from headrace.project import find_project
from headrace.store import LocalStore
from headrace.store.garbage import damaged_blobs, delete, find_garbage


def gc(arguments: argparse.Namespace) -> int:
    """Say what would be freed; delete it when told to, by --yes or at the prompt."""
    try:
        keep = parse_duration(arguments.keep)
    except ValueError as error:
        raise UsageError(f"--keep: {error}") from None
    garbage = find_garbage(LocalStore(find_project().home / "store"), keep)
    print(
        f"{len(garbage.actions)} results, {len(garbage.blobs)} files and {len(garbage.leftovers)} leftovers "
        f"are not needed: {garbage.size / 1e6:,.1f} MB"
    )
    if arguments.dry_run or not (garbage.actions or garbage.blobs or garbage.leftovers):
        return EXIT_OK
    if not arguments.yes and not _agreed():
        print("nothing was deleted; `headrace gc --yes` deletes it")
        return EXIT_OK
    delete(garbage)
    print("deleted")
    return EXIT_OK


def _agreed() -> bool:
    return sys.stdin.isatty() and input("delete them? [y/N] ").strip().lower() in ("y", "yes")


def verify(arguments: argparse.Namespace) -> int:
    """Read every stored file; damaged ones are removed, so that the next run makes them again."""
    del arguments
    damaged = list(damaged_blobs(LocalStore(find_project().home / "store")))
    for path in damaged:
        path.unlink()
        print(f"damaged, removed: {path}")
    print(f"{len(damaged)} damaged files" if damaged else "every stored file is as its name says")
    return EXIT_FAILED if damaged else EXIT_OK
