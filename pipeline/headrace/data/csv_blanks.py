"""Tables whose columns are padded with spaces or tabs: a run of them parts two fields as one space would."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_RUN = re.compile(rb"[ \t]+")
_AT_LINE_ENDS = ((b" \r", b"\r"), (b" \n", b"\n"), (b"\r ", b"\r"), (b"\n ", b"\n"))


def whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, cut where lines end."""
    waiting = b""
    for chunk in chunks:
        waiting += chunk
        cut = max(waiting.rfind(b"\n"), waiting.rfind(b"\r", 0, -1)) + 1  # a last \r may be half of a line end
        if cut:
            yield waiting[:cut]
            waiting = waiting[cut:]
    if waiting:
        yield waiting


def single_blanks(pieces: Iterable[bytes], quote: str) -> Iterator[bytes]:
    """Whole lines with one space for each run of blanks, and none at either end; what is quoted stays as it is."""
    sign = quote.encode()
    is_inside = False
    for piece in pieces:
        if sign and (is_inside or sign in piece):
            parts = piece.split(sign)
            first = 1 if is_inside else 0
            parts[first::2] = [_RUN.sub(b" ", part) for part in parts[first::2]]
            yield sign.join(
                part if (place % 2 == 0) == is_inside else _trimmed(part, place == 0, place == len(parts) - 1)
                for place, part in enumerate(parts)
            )
            is_inside ^= len(parts) % 2 == 0
        else:
            yield _trimmed(_RUN.sub(b" ", piece), True, True)


def single_blanks_in_text(lines: Iterable[str], quote: str) -> Iterator[str]:
    """The same for lines of text."""
    return (line.decode() for line in single_blanks((line.encode() for line in lines), quote))


def _trimmed(part: bytes, starts: bool, ends: bool) -> bytes:
    """Without the space at the ends of its lines; the part itself may start or end within one."""
    for blank, plain in _AT_LINE_ENDS:
        part = part.replace(blank, plain)
    part = part.removeprefix(b" ") if starts else part
    return part.removesuffix(b" ") if ends else part
