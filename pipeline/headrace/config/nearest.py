"""The names that somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_SHOWN = 20
#: An option as like as this is named even if another is likelier: `taks` is `task` or `tasks`.
_TELLING = 0.88


def nearest(word: str, options: Iterable[str], count: int = 1, cutoff: float = 0.6) -> list[str]:
    """The options most like `word`, best first; upper and lower case count as equal."""
    by_lower = {option.lower(): option for option in options}
    close = get_close_matches(word.lower(), by_lower, n=max(count, 3), cutoff=cutoff)
    swapped = sorted(word.lower())
    close.sort(key=lambda match: sorted(match) != swapped)  # letters that changed places are the likeliest mistake
    return [by_lower[match] for match in close[:count]]


def suggestion(word: str, options: Iterable[str], list_them: bool = True) -> str:
    """`did you mean X? There are: X, Y`, as far as there is something to say."""
    known = sorted(set(options))
    close = nearest(word, known)
    close += [other for other in nearest(word, known, cutoff=_TELLING) if other not in close]
    parts = [f"did you mean {' or '.join(close)}?"] if close else []
    if list_them and known:
        more = f", and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
        parts.append(f"{'There are' if parts else 'there are'}: {', '.join(known[:_SHOWN])}{more}")
    return " ".join(parts)
