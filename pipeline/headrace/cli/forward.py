"""Verbs that another package of this distribution implements."""

from __future__ import annotations

import argparse
from importlib import import_module


def run(arguments: argparse.Namespace) -> int:
    """Call the other package with the remaining words."""
    module, _, function = arguments.target.partition(":")
    code: int = getattr(import_module(module), function)(arguments.words)
    return code
