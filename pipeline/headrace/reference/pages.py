"""Which pages there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from headrace.reference.commands import commands_page
from headrace.reference.configuration import configuration_page

#: File name -> what makes its text. A new generated page is added here.
PAGES: Mapping[str, Callable[[], str]] = {
    "configuration.md": configuration_page,
    "commands.md": commands_page,
}


def write_pages(folder: Path) -> list[Path]:
    """Write every page into the folder; the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")
    return [folder / name for name in PAGES]
