"""What somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like `name`, if one is like it at all; case does not count."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    found = get_close_matches(str(name).lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`did you mean NAME?`, or nothing."""
    found = nearest(name, known)
    return f"did you mean {found}?" if found else ""
