"""`headrace init`."""

from __future__ import annotations

import argparse
from pathlib import Path

from headrace.editor.writing import refresh
from headrace.project import find_project
from headrace.scaffold.project import create_project


def run(arguments: argparse.Namespace) -> int:
    """Make the folder and say what is in it and what to do next."""
    folder = Path(arguments.folder)
    for path in create_project(folder):
        print(f"  {folder / path}")
    refresh(find_project(folder))
    print(f"\nnext:\n  cd {folder}\n  headrace run wine_cultivars    train, gate and register a first model")
    print("  headrace lint                  check the YAML after an edit")
    return 0
