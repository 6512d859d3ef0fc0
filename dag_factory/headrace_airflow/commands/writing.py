"""Where what a command tells goes: to the terminal, or to a file."""

from __future__ import annotations

import sys
from pathlib import Path

from headrace.errors import UsageError


def write(text: str, out: Path | None) -> None:
    """Print the text, or write it to a file, whose folder is made; UsageError if it cannot be written.

    What the terminal cannot show is printed as its escape.
    """
    if out is None:
        encoding = sys.stdout.encoding or "utf-8"
        print(text.encode(encoding, "backslashreplace").decode(encoding), end="", flush=True)
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}", remedy="name another file with --out") from None
    print(f"wrote {out}", flush=True)
